// The decoder in a process of its own: whatever a picture does to it, the terminal lives, and has no data of
// a resident beside it. Camera pictures are decompressed there too.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "drivers/scanner/decode_ladder.hpp"
#include "terminal/base/bytes.hpp"
#include "terminal/base/child_process.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::scanner {

// Both shipped programs that decode serve frames when this is their first word.
constexpr std::string_view decode_frames_word = "--decode-frames";

constexpr std::size_t jpeg_bytes_per_pixel_max = 2;  // as much as without compression: more is none

// Thread-bound. One child for as many pictures as it survives; it is started at the first and after each that
// it did not survive. Started by fork and exec, so this may live in a program of many threads.
class DecoderChild {
 public:
  // The program and its arguments; that program must call serve_frames(). Empty: this program itself, with
  // `decode_frames_word`.
  explicit DecoderChild(std::vector<std::string> command = {});

  // Blocks for at most `deadline_ms`; after that, or when `stop` is requested, the child is killed. Errors:
  // "image.broken", "image.decoder_slow", "image.decoder_died", "usb.cancelled", "process.not_started".
  Result<LadderResult> decode(const GrayImage& image, const LadderLimits& limits, int deadline_ms,
                              std::stop_token stop = {});
  // Of a JPEG as a camera sends it, of that size and of no more than `jpeg_bytes_per_pixel_max`;
  // "image.broken" where it is none or of another size, and the child lives on.
  Result<LadderResult> decode_jpeg(ByteView file, int width, int height, const LadderLimits& limits,
                                   int deadline_ms, std::stop_token stop = {});
  bool running() { return child_ && child_->running(); }

 private:
  Result<LadderResult> ask(ByteView request, ByteView picture, int deadline_ms, std::stop_token stop);
  Result<void> start();
  void end();

  std::vector<std::string> command_;
  FileDescriptor socket_;
  std::optional<ChildProcess> child_;
};

// The child's whole life: pictures from stdin, answers back on it, until the parent hangs up. It keeps no
// file and may open none. The exit code.
int serve_frames();

// What goes over the socket. Pure, for the tests: an answer is as hostile as the picture that made it.
// Errors: "image.broken" where the child says so of the picture, "image.decoder_died".
Bytes pack_answer(const Result<LadderResult>& result);
Result<LadderResult> unpack_answer(ByteView bytes);

}  // namespace bianmin::scanner

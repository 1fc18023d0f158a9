#include "drivers/scanner/decoder_child.hpp"

#include <sys/resource.h>
#include <sys/socket.h>

#include <array>

#include "drivers/scanner/image_file.hpp"
#include "terminal/base/child_line.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::scanner {

namespace {

constexpr std::uint32_t magic = 0x424D4632;
constexpr std::size_t request_byte_count = 7 * 4;
constexpr std::size_t answer_byte_max = 65'536;
constexpr std::size_t codes_max = 16;
constexpr std::uint8_t answer_broken = 0;
constexpr std::uint8_t answer_read = 1;

const Error died{Remedy::retry_later, "image.decoder_died", "the decoder did not survive the picture"};
const Error broken{Remedy::refuse, "image.broken", "no picture"};
const Error slow{Remedy::retry_later, "image.decoder_slow", "the picture took too long"};

enum class Coding : std::uint32_t { gray = 0, jpeg = 1 };

// A picture on its way to the child.
struct Picture {
  Coding coding = Coding::gray;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  ByteView bytes;
};

bool has_right_size(Coding coding, std::size_t width, std::size_t height, std::size_t byte_count) {
  if (width == 0 || height == 0 || width > image_side_max || height > image_side_max) return false;
  if (width * height > image_pixel_max) return false;
  if (coding == Coding::gray) return byte_count == width * height;
  return coding == Coding::jpeg && byte_count > 0 && byte_count <= width * height * jpeg_bytes_per_pixel_max;
}

Bytes pack_request(const Picture& picture, const LadderLimits& limits) {
  ByteWriter out;
  out.u32_be(magic)
      .u32_be(static_cast<std::uint32_t>(picture.coding))
      .u32_be(picture.width)
      .u32_be(picture.height)
      .u32_be(static_cast<std::uint32_t>(picture.bytes.size()))
      .u32_be(static_cast<std::uint32_t>(limits.budget_ms))
      .u32_be(static_cast<std::uint32_t>(limits.first_rung));
  return out.take();
}

Result<LadderResult> look_at(Coding coding, int width, int height, Bytes bytes, const LadderLimits& limits) {
  if (coding == Coding::gray) return climb_ladder({width, height, std::move(bytes)}, limits);
  const auto image = decode_jpeg_of(bytes, width, height);
  return image ? climb_ladder(*image, limits) : Result<LadderResult>(image.error());
}

}  // namespace

Bytes pack_answer(const Result<LadderResult>& result) {
  ByteWriter out;
  const auto put = [&out](const std::string& text) {
    out.u32_be(static_cast<std::uint32_t>(text.size())).text(text);
  };
  out.u8(result ? answer_read : answer_broken);
  if (!result) return out.take();
  out.u32_be(static_cast<std::uint32_t>(result->next_rung));
  put(result->rung);
  out.u32_be(static_cast<std::uint32_t>(result->codes.size()));
  for (const DecodedCode& code : result->codes) {
    put(code.format);
    put(code.text);
  }
  return out.take();
}

Result<LadderResult> unpack_answer(ByteView bytes) {
  ByteReader reader(bytes);
  LadderResult result;
  const auto text = [&reader] { return text_of(reader.take(reader.u32_be())); };
  const std::uint8_t outcome = reader.u8();
  if (outcome == answer_broken && reader.at_end()) return broken;
  if (outcome != answer_read) return died;
  result.next_rung = reader.u32_be();
  result.rung = text();
  const std::uint32_t count = reader.u32_be();
  for (std::uint32_t i = 0; i < count && i < codes_max && !reader.failed(); ++i) {
    DecodedCode code;
    code.format = text();
    code.text = text();
    if (code.text.empty() || !valid_utf8(code.text)) return died;
    result.codes.push_back(std::move(code));
  }
  if (!reader.at_end()) return died;
  return result;
}

DecoderChild::DecoderChild(std::vector<std::string> command) : command_(std::move(command)) {
  if (command_.empty()) command_ = {"/proc/self/exe", std::string(decode_frames_word)};
}

Result<void> DecoderChild::start() {
  if (running()) return {};
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return died;
  socket_.reset(ends[0]);
  const FileDescriptor of_child(ends[1]);
  Command command;
  command.words = command_;
  command.input_fd = of_child.get();
  auto child = ChildProcess::start(command);
  if (!child) return child.error();
  child_.emplace(std::move(*child));
  return {};
}

void DecoderChild::end() {
  child_.reset();
  socket_.reset();
}

Result<LadderResult> DecoderChild::decode(const GrayImage& image, const LadderLimits& limits, int deadline_ms,
                                          std::stop_token stop) {
  if (!image.valid()) return broken;
  const Picture picture{Coding::gray, static_cast<std::uint32_t>(image.width),
                        static_cast<std::uint32_t>(image.height), image.pixels};
  return ask(pack_request(picture, limits), picture.bytes, deadline_ms, std::move(stop));
}

Result<LadderResult> DecoderChild::decode_jpeg(ByteView file, int width, int height,
                                               const LadderLimits& limits, int deadline_ms,
                                               std::stop_token stop) {
  const Picture picture{Coding::jpeg, static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height),
                        file};
  if (!has_right_size(picture.coding, picture.width, picture.height, file.size())) return broken;
  return ask(pack_request(picture, limits), file, deadline_ms, std::move(stop));
}

Result<LadderResult> DecoderChild::ask(ByteView request, ByteView picture, int deadline_ms,
                                       std::stop_token stop) {
  if (auto started = start(); !started) return started.error();
  const ChildLine line(socket_.get(), deadline_ms, std::move(stop),
                       {died, slow, {Remedy::retry_later, "usb.cancelled", "decoding"}});
  const auto answer = [&]() -> Result<Bytes> {
    if (auto sent = line.send(request); !sent) return sent.error();
    if (auto sent = line.send(picture); !sent) return sent.error();
    std::array<std::uint8_t, 4> length{};
    if (auto filled = line.fill(length); !filled) return filled.error();
    const std::size_t byte_count = ByteReader(length).u32_be();
    if (byte_count > answer_byte_max) return died;
    Bytes bytes(byte_count);
    if (auto filled = line.fill(bytes); !filled) return filled.error();
    return bytes;
  }();
  auto result = answer ? unpack_answer(*answer) : Result<LadderResult>(answer.error());
  if (!result && result.error().code != broken.code) end();
  return result;
}

int serve_frames() {
  constexpr int exit_done = 0;
  constexpr int exit_failed = 1;
  const rlimit none{0, 0};
  if (!renounce_rights() || ::setrlimit(RLIMIT_NOFILE, &none) != 0) return exit_failed;
  for (;;) {
    std::array<std::uint8_t, request_byte_count> request;
    if (!read_whole(request)) return exit_done;
    ByteReader reader(request);
    if (reader.u32_be() != magic) return exit_failed;
    const auto coding = static_cast<Coding>(reader.u32_be());
    const std::uint32_t width = reader.u32_be();
    const std::uint32_t height = reader.u32_be();
    Bytes bytes;
    const std::uint32_t byte_count = reader.u32_be();
    LadderLimits limits;
    limits.budget_ms = static_cast<int>(reader.u32_be());
    limits.first_rung = reader.u32_be();
    if (!has_right_size(coding, width, height, byte_count)) return exit_failed;
    bytes.resize(byte_count);
    if (!read_whole(bytes)) return exit_failed;
    const Bytes answer = pack_answer(
        look_at(coding, static_cast<int>(width), static_cast<int>(height), std::move(bytes), limits));
    if (answer.size() > answer_byte_max) return exit_failed;
    ByteWriter out;
    out.u32_be(static_cast<std::uint32_t>(answer.size())).bytes(answer);
    if (!write_whole(out.view())) return exit_done;
  }
}

}  // namespace bianmin::scanner

// A USB camera as a code scanner: frames over our own channel, decoded in a child process.
#pragma once

#include <chrono>
#include <string>

#include "drivers/scanner/code_protocol.hpp"
#include "drivers/scanner/decoder_child.hpp"
#include "drivers/scanner/uvc_frame.hpp"

namespace bianmin::scanner {

// The streaming interface of a camera (USB video class).
std::optional<int> camera_interface(const usb::DeviceInfo& device);

struct CameraOptions {
  std::vector<std::string> decoder = {};  // as DecoderChild takes it
  int frame_budget_ms = 40;               // of the ladder, for each frame
  int frame_deadline_ms = 1'000;          // then the decoder is killed
  int silence_ms = 3'000;                 // without a frame while one is wanted: the camera hangs
  int again_ms = 1'500;                   // a code out of view for so long is told again
};

// The camera runs only while somebody listens. Frames that come while one is decoded are dropped. A code is
// told once for as long as it stays in view. Errors besides "usb.*": "scanner.not_a_scanner",
// "scanner.no_decoder".
class CameraScanner : public CodeProtocol {
 public:
  explicit CameraScanner(CameraOptions options = {})
      : options_(std::move(options)), decoder_(options_.decoder) {}
  Error serve(usb::Channel& channel, CodeDesk& desk, std::stop_token stop) override;

 private:
  class Session;
  // Outlives a recovery: a code that stays in view meanwhile is not told again.
  struct Seen {
    std::string text;
    int listening = -1;
    std::chrono::steady_clock::time_point at;
  };
  CameraOptions options_;
  DecoderChild decoder_;
  Seen seen_;
};

}  // namespace bianmin::scanner

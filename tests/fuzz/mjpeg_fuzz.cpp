// A frame that a camera says is a JPEG.
#include "drivers/scanner/uvc_frame.hpp"

using namespace bianmin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes file = {0xFF, 0xD8, 0xFF};
  append(file, ByteView(data, size));
  scanner::CameraFrame frame;
  frame.kind = scanner::PixelKind::mjpeg;
  frame.width = 16;
  frame.height = 16;
  const auto image = scanner::gray_of(frame, file);
  if (image && !image->valid()) __builtin_trap();
  return 0;
}

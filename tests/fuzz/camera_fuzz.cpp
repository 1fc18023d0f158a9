// A camera's descriptors, then its payloads: the first two bytes say how long the descriptors are.
#include <algorithm>

#include "drivers/scanner/uvc_frame.hpp"

using namespace bianmin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)scanner::unpack_probe(ByteView(data, size));
  ByteReader input(ByteView(data, size));
  const std::size_t described = input.u16_le() % 512;
  const auto camera = scanner::parse_camera(input.take(described), 1);
  if (input.failed() || !camera) return 0;
  (void)scanner::choose_alternate(*camera, 1'024);
  auto frame = scanner::choose_frame(*camera);
  if (!frame) return 0;
  frame->width = 16;  // so that frames become whole
  frame->height = 2;
  scanner::FrameAssembly assembly(*frame);
  while (input.left() > 0) {
    const std::size_t count = input.u8();
    const auto bytes = assembly.add(input.take(std::min(count, input.left())));
    if (!bytes) continue;
    if (frame->exact() && bytes->size() != frame->byte_max()) __builtin_trap();
    const auto image = scanner::gray_of(*frame, *bytes);
    if (image && !image->valid()) __builtin_trap();
  }
  return 0;
}

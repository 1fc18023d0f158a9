// A frame that a camera says is a JPEG, as the decoder's child takes it.
#include "drivers/scanner/image_file.hpp"

using namespace bianmin;

namespace {

void take(const Bytes& file) {
  constexpr int side = 16;
  const auto image = scanner::decode_jpeg_of(file, side, side);
  if (image && (!image->valid() || image->width != side || image->height != side)) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes file(data, data + size);
  take(file);
  file.insert(file.begin(), {0xFF, 0xD8, 0xFF});  // what lets a file in at all
  take(file);
  return 0;
}

// What the emulated page printer reads: PWG raster and PCL. The first byte says which.
#include "drivers/emulator/raster_reader.hpp"

using namespace bianmin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t byte_max =
      1'200'000;  // two sheets of A4 at 75 dpi: most of the time would go into white
  if (size == 0) return 0;
  const ByteView stream(data + 1, size - 1);
  const auto pages =
      (data[0] & 1U) != 0 ? emulator::read_pwg(stream, byte_max) : emulator::read_pcl(stream, byte_max);
  if (!pages) return 0;
  for (const emulator::RasterPage& page : *pages) {
    const auto width = static_cast<std::size_t>(page.width_px);
    if (page.grey.size() != width * static_cast<std::size_t>(page.height_px)) __builtin_trap();
  }
  return 0;
}

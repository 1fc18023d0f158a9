// What the emulated page printer reads: PWG raster and PCL. The first byte says which.
#include "drivers/printer/page/raster_reader.hpp"

using namespace bianmin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView stream(data + 1, size - 1);
  const auto pages = (data[0] & 1U) != 0 ? printer::read_pwg(stream) : printer::read_pcl(stream);
  if (!pages) return 0;
  for (const printer::RasterPage& page : *pages) {
    const auto width = static_cast<std::size_t>(page.width_px);
    if (page.grey.size() != width * static_cast<std::size_t>(page.height_px)) __builtin_trap();
  }
  return 0;
}

// Streams for receipt printers from anywhere: each byte is used once, and nothing is larger than the paper.
// The first byte says how wide that is.
#include <cstdlib>

#include "drivers/printer/escpos_reader.hpp"
#include "drivers/printer/printed_slip.hpp"

using namespace bianmin;

namespace {

void must(bool right) {
  if (!right) std::abort();
}

void check(const printer::PrintedSlip& slip, int area_dots) {
  for (const printer::PrintedLine& line : slip.lines) {
    if (const auto* raster = std::get_if<printer::PrintedRaster>(&line)) {
      must(raster->picture.width <= area_dots);
      must(raster->left_dots + raster->area_dots <= area_dots);
    }
    if (const auto* text = std::get_if<printer::PrintedText>(&line)) must(text->height_dots >= 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const int area_dots = data[0] % 2 == 0 ? 576 : 384;
  const ByteView stream(data + 1, size - 1);
  for (const auto mode : {printer::escpos::TextMode::gb18030, printer::escpos::TextMode::single_bytes}) {
    ByteView left = stream;
    while (const auto step = printer::escpos::read_step(left, mode)) {
      must(step->byte_count >= 1 && step->byte_count <= left.size());
      left = left.subspan(step->byte_count);
    }
  }
  for (const auto& slip : printer::read_slips(stream, area_dots)) {
    (void)printer::slip_text(slip);
    check(slip, area_dots);
  }
  return 0;
}

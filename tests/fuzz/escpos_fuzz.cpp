// Streams for receipt printers from anywhere: each byte is used once, nothing is larger than the paper, and
// what lies on the paper can be drawn.
#include <cstdlib>

#include "drivers/printer/escpos_reader.hpp"
#include "drivers/printer/slip_painter.hpp"

using namespace bianmin;

namespace {

void must(bool right) {
  if (!right) std::abort();
}

printer::Bitmap block(char32_t, int width, int height, bool) {
  printer::Bitmap cell(width, height);
  cell.fill(1, 1, width - 2, height - 2);
  return cell;
}

void check(const printer::PrintedSlip& slip, int area_dots, bool drawn) {
  for (const printer::PrintedLine& line : slip.lines) {
    if (const auto* raster = std::get_if<printer::PrintedRaster>(&line)) {
      must(raster->picture.width <= area_dots);
      must(raster->left_dots + raster->area_dots <= area_dots);
    }
    if (const auto* text = std::get_if<printer::PrintedText>(&line)) must(text->height_dots >= 0);
  }
  if (!drawn) return;
  const printer::Bitmap paper = printer::paint_slip(slip, area_dots, block);
  must(paper.width == area_dots && paper.height >= 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t drawn_byte_max = 4'096;
  if (size == 0) return 0;
  const int area_dots = data[0] % 2 == 0 ? 576 : 384;
  const bool drawn = data[0] / 2 % 8 == 0;  // drawing takes ten times as long as reading
  const ByteView stream(data + 1, size - 1);
  for (const auto mode : {printer::escpos::TextMode::gb18030, printer::escpos::TextMode::single_bytes}) {
    ByteView left = stream;
    while (const auto step = printer::escpos::read_step(left, mode)) {
      must(step->byte_count >= 1 && step->byte_count <= left.size());
      left = left.subspan(step->byte_count);
    }
  }
  if (stream.size() > drawn_byte_max) return 0;
  for (const auto& slip : printer::read_slips(stream, area_dots)) {
    (void)printer::slip_text(slip);
    check(slip, area_dots, drawn);
  }
  return 0;
}

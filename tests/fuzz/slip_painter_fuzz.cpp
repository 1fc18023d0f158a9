// What any stream for a receipt printer leaves on the paper can be drawn: slowly, so that reading has a
// target of its own, escpos_fuzz.
#include <cstdlib>

#include "drivers/printer/slip_painter.hpp"

using namespace bianmin;

namespace {

printer::Bitmap block(char32_t, int width, int height, bool) {
  printer::Bitmap cell(width, height);
  cell.fill(1, 1, width - 2, height - 2);
  return cell;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t drawn_byte_max = 4'096;
  if (size == 0 || size > drawn_byte_max) return 0;
  const int area_dots = data[0] % 2 == 0 ? 576 : 384;
  for (const auto& slip : printer::read_slips(ByteView(data + 1, size - 1), area_dots)) {
    const printer::Bitmap paper = printer::paint_slip(slip, area_dots, block);
    if (paper.width != area_dots || paper.height < 0) std::abort();
  }
  return 0;
}

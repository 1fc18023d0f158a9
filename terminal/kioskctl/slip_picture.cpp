#include "terminal/kioskctl/slip_picture.hpp"

#include "drivers/printer/slip_painter.hpp"
#include "terminal/slip_type.hpp"
#include "ui/kit/canvas.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr int margin_dots = 32;  // 4 mm of paper that the head does not reach
constexpr int gap_dots = 8;
constexpr int height_dots_max = 30'000;  // what Cairo draws in one picture
constexpr ui::Colour paper = ui::rgb(0xFFFFFF);
constexpr ui::Colour edge = ui::rgb(0x9AA5B1);
constexpr std::uint32_t ink = 0xFF111111;

void put(ui::Canvas& canvas, const printer::Bitmap& slip, int top) {
  for (int y = 0; y < slip.height; ++y) {
    for (int x = 0; x < slip.width; ++x) {
      if (slip.black(x, y)) canvas.set_pixel(margin_dots + x, top + y, ink);
    }
  }
}

}  // namespace

Result<void> draw_slips(const std::vector<printer::PrintedSlip>& slips, int area_dots,
                        const std::filesystem::path& png) {
  const printer::GlyphSource glyphs = slip_glyphs();
  std::vector<printer::Bitmap> pictures;
  int height = 0;
  for (const auto& slip : slips) {
    pictures.push_back(printer::paint_slip(slip, area_dots, glyphs));
    height += pictures.back().height + 2 * margin_dots + gap_dots;
    if (height > height_dots_max) {
      return Error{Remedy::refuse, "preview.too_long", "more paper than a picture can show"};
    }
  }
  const int width = area_dots + 2 * margin_dots;
  ui::Canvas canvas({width, std::max(height, 1)});
  canvas.fill({0, 0, width, canvas.size().height}, paper);
  int y = 0;
  for (std::size_t i = 0; i < slips.size(); ++i) {
    put(canvas, pictures[i], y + margin_dots);
    y += pictures[i].height + 2 * margin_dots;
    for (int x = 0; x < width; x += 12) canvas.fill({x, y, slips[i].cut ? 12 : 6, 2}, edge);
    y += gap_dots;
  }
  return canvas.write_png(png);
}

}  // namespace bianmin::kioskctl

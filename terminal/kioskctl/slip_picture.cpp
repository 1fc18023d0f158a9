#include "terminal/kioskctl/slip_picture.hpp"

#include <algorithm>

#include "drivers/scanner/code_writer.hpp"
#include "terminal/base/text.hpp"
#include "ui/kit/canvas.hpp"
#include "ui/kit/typesetter.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr int paper_dots = 576;  // 72 mm of print at 8 dots a millimetre
constexpr int margin_dots = 32;
constexpr int cell_width_dots = 12;  // of a half-width character of font A
constexpr int cell_height_dots = 24;
constexpr int line_gap_dots = 6;
constexpr int height_dots_max = 30'000;
constexpr ui::Colour ink = ui::rgb(0x111111);
constexpr ui::Colour paper = ui::rgb(0xFFFFFF);
constexpr ui::Colour edge = ui::rgb(0x9AA5B1);

bool full_width(char32_t point) { return point >= 0x1100 && !(point >= 0x2010 && point <= 0x2027); }

int run_width(const printer::PrintedRun& run) {
  int width = 0;
  const auto points = decode_utf8(run.text);
  if (!points) return 0;
  for (const char32_t point : *points)
    width += cell_width_dots * (full_width(point) ? 2 : 1) * run.width_scale;
  return width;
}

int start_of(printer::Align align, int width) {
  if (align == printer::Align::center) return margin_dots + std::max(0, (paper_dots - width) / 2);
  if (align == printer::Align::right) return margin_dots + std::max(0, paper_dots - width);
  return margin_dots;
}

// Measures when there is no canvas yet, draws when there is one: the same walk both times.
class Pen {
 public:
  Pen(ui::Canvas* canvas, ui::Typesetter& typesetter) : canvas_(canvas), typesetter_(typesetter) {}
  int y() const { return y_; }

  void slip(const printer::PrintedSlip& slip) {
    y_ += margin_dots;
    for (const printer::PrintedLine& line : slip.lines) std::visit(*this, line);
    y_ += margin_dots;
    if (canvas_ != nullptr) tear(slip.cut);
    y_ += line_gap_dots;
  }

  void operator()(const printer::PrintedText& line) {
    int width = 0;
    int tallest = 1;
    for (const auto& run : line.runs) {
      width += run_width(run);
      tallest = std::max(tallest, run.height_scale);
    }
    int x = start_of(line.align, width);
    if (canvas_ != nullptr) {
      for (const auto& run : line.runs) x = draw_run(run, x, tallest * cell_height_dots);
    }
    y_ += tallest * cell_height_dots + line_gap_dots;
  }

  void operator()(const printer::PrintedQr& code) {
    const auto modules = scanner::encode_qr(code.text);
    if (!modules) return;
    const int side = modules->side * code.module_dots;
    const int left = start_of(code.align, side);
    for (int row = 0; canvas_ != nullptr && row < modules->side; ++row) {
      for (int column = 0; column < modules->side; ++column) {
        if (!modules->black(column, row)) continue;
        canvas_->fill({left + column * code.module_dots, y_ + row * code.module_dots, code.module_dots,
                       code.module_dots},
                      ink);
      }
    }
    y_ += side + line_gap_dots;
  }

  void operator()(const printer::PrintedRaster& raster) {
    const int row_bytes = (raster.width_dots + 7) / 8;
    const int left = start_of(raster.align, raster.width_dots);
    for (int row = 0; canvas_ != nullptr && row < raster.height_dots; ++row) {
      for (int column = 0; column < raster.width_dots; ++column) {
        const auto at = static_cast<std::size_t>(row * row_bytes + column / 8);
        if (at < raster.bits.size() && (raster.bits[at] >> (7 - column % 8) & 1) != 0) {
          canvas_->fill({left + column, y_ + row, 1, 1}, ink);
        }
      }
    }
    y_ += raster.height_dots;
  }

 private:
  int draw_run(const printer::PrintedRun& run, int x, int line_height) {
    const auto points = decode_utf8(run.text);
    if (!points) return x;
    for (const char32_t point : *points) {
      const int width = cell_width_dots * (full_width(point) ? 2 : 1) * run.width_scale;
      const int height = cell_height_dots * run.height_scale;
      const ui::TextSpec spec{encode_utf8(std::u32string(1, point)),
                              std::min(height, cell_height_dots * run.width_scale) - 2, run.bold,
                              ui::Align::center};
      typesetter_.draw(*canvas_, spec, {x - 4, y_ + line_height - height, width + 8, height}, ink);
      x += width;
    }
    return x;
  }

  void tear(bool cut) {
    for (int x = 0; x < paper_dots + 2 * margin_dots; x += 12) canvas_->fill({x, y_, cut ? 12 : 6, 2}, edge);
  }

  ui::Canvas* canvas_;
  ui::Typesetter& typesetter_;
  int y_ = 0;
};

}  // namespace

Result<void> draw_slips(const std::vector<printer::PrintedSlip>& slips, const std::filesystem::path& png) {
  ui::Typesetter typesetter;
  Pen measure(nullptr, typesetter);
  for (const auto& slip : slips) measure.slip(slip);
  if (measure.y() > height_dots_max)
    return Error{Remedy::refuse, "preview.too_long", "more paper than a roll"};
  ui::Canvas canvas({paper_dots + 2 * margin_dots, std::max(measure.y(), 1)});
  canvas.fill({0, 0, canvas.size().width, canvas.size().height}, paper);
  Pen pen(&canvas, typesetter);
  for (const auto& slip : slips) pen.slip(slip);
  return canvas.write_png(png);
}

}  // namespace bianmin::kioskctl

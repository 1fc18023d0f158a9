#include "drivers/printer/slip_painter.hpp"

#include <algorithm>
#include <vector>

#include "drivers/printer/code_picture.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::printer {

namespace {

constexpr int height_dots_max = 60'000;
constexpr int text_width_dots = 12;
constexpr int text_height_dots = 24;
constexpr int code_gap_dots = 6;

int left_of(const Placed& place, int width) {
  const int room = std::max(place.area_dots - width, 0);
  if (place.align == Align::center) return place.left_dots + room / 2;
  if (place.align == Align::right) return place.left_dots + room;
  return place.left_dots;
}

class Painter {
 public:
  Painter(int area_dots, const GlyphSource& glyphs) : area_dots_(area_dots), glyphs_(glyphs) {}

  bool full() const { return y_ >= height_dots_max; }

  void operator()(const PrintedText& line) {
    int content = 0;
    for (const PrintedRun& run : line.runs) content = std::max(content, cell_height(run));
    if (content > 0) {
      Bitmap picture(std::max(line.width_dots, 1), content);
      for (const PrintedRun& run : line.runs) draw_run(picture, run);
      add(line.upside_down ? picture.upside_down() : std::move(picture), left_of(line, line.width_dots));
    }
    y_ += line.height_dots;
  }
  void operator()(const PrintedQr& code) {
    auto picture = qr_picture(code.text, code.module_dots, code.level);
    if (picture) picture = picture->without_border();  // printers print the modules alone
    put_code(picture, code, code.text);
  }
  void operator()(const PrintedPdf417& code) {
    put_code(pdf417_picture(code.text, code.module_dots, code.row_modules), code, code.text);
  }
  void operator()(const PrintedBars& bars) {
    auto picture = bars_picture(bars.symbology, bars.text, bars.module_dots, bars.height_dots);
    // Printers print only what fits.
    if (picture && picture->width > bars.area_dots) {
      picture = Error{Remedy::refuse, "code.too_long", "wider than the paper"};
    }
    Placed below_bars = bars;
    if (picture) below_bars = {Align::center, left_of(bars, picture->width), picture->width};
    if (bars.text_above) put_caption(below_bars, bars.text);
    put_code(picture, bars, bars.text);
    if (bars.text_below) put_caption(below_bars, bars.text);
  }
  void operator()(const PrintedRaster& raster) {
    const int left = left_of(raster, raster.picture.width);
    const int height = raster.picture.height;
    add(raster.picture, left);
    y_ += height;
  }
  void operator()(const PrintedSpace& space) { y_ += space.dots; }

  Bitmap take() const {
    Bitmap paper(area_dots_, std::min(y_, height_dots_max));
    for (const Piece& piece : pieces_) paper.draw(piece.picture, piece.x, piece.y);
    return paper;
  }

 private:
  struct Piece {
    Bitmap picture;
    int x = 0;
    int y = 0;
  };

  void add(Bitmap picture, int x) { pieces_.push_back({std::move(picture), x, y_}); }

  static int cell_height(const PrintedRun& run) {
    if (run.turned) return run.cell_width * run.width_scale;
    return run.cell_height * run.height_scale;
  }

  void draw_run(Bitmap& line, const PrintedRun& run) const {
    if (!run.picture.empty()) {
      line.draw(run.picture, run.x_dots, line.height - cell_height(run), run.width_scale, run.height_scale);
      return;
    }
    const auto characters = decode_utf8(run.text);
    if (!characters) return;
    int x = run.x_dots;
    for (const char32_t character : *characters) {
      const Bitmap cell = cell_of(run, character);
      line.draw(cell, x, line.height - cell.height);
      x += cell.width;
    }
  }

  Bitmap cell_of(const PrintedRun& run, char32_t character) const {
    Bitmap cell((run.cell_width + run.gap_dots) * run.width_scale, run.cell_height * run.height_scale);
    if (character != U' ') {
      cell.draw(glyphs_(character, run.cell_width, run.cell_height, run.bold), 0, 0, run.width_scale,
                run.height_scale);
    }
    cell.fill(0, cell.height - run.underline_dots, cell.width, run.underline_dots);
    if (run.reverse) {
      Bitmap inverse(cell.width, cell.height);
      inverse.fill(0, 0, cell.width, cell.height);
      for (std::size_t i = 0; i < cell.bits.size(); ++i) inverse.bits[i] ^= cell.bits[i];
      cell = std::move(inverse);
    }
    return run.turned ? cell.turned_clockwise() : cell;
  }

  void put_code(const Result<Bitmap>& picture, const Placed& place, const std::string& text) {
    if (!picture) {
      put_caption(place, "[" + text.substr(0, static_cast<std::size_t>(area_dots_ / text_width_dots)) + "]");
      return;
    }
    const int height = picture->height;
    add(*picture, left_of(place, picture->width));
    y_ += height + code_gap_dots;
  }

  void put_caption(const Placed& place, const std::string& text) {
    PrintedText line{place, {}};
    std::string shown;
    for (const char c : text) shown += c >= ' ' && c <= '~' ? c : ' ';
    line.width_dots = text_width_dots * static_cast<int>(shown.size());
    line.height_dots = text_height_dots;
    PrintedRun run;
    run.text = std::move(shown);
    line.runs.push_back(std::move(run));
    (*this)(line);
  }

  int area_dots_;
  const GlyphSource& glyphs_;
  int y_ = 0;
  std::vector<Piece> pieces_;
};

}  // namespace

Bitmap paint_slip(const PrintedSlip& slip, int area_dots, const GlyphSource& glyphs) {
  Painter painter(area_dots, glyphs);
  for (const PrintedLine& line : slip.lines) {
    if (painter.full()) break;
    std::visit(painter, line);
  }
  return painter.take();
}

}  // namespace bianmin::printer

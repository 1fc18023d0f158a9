#include "ui/kit/text_bits.hpp"

#include <algorithm>

#include "terminal/base/text.hpp"

namespace bianmin::ui {

namespace {

// How dark a pixel must be to become a dot: thin strokes cover little more than a third of theirs.
constexpr std::uint32_t black_up_to = 0xA0;
// A letter fills eleven twelfths of a printer's cell and stands at four fifths of its height. Noto's Chinese
// face has the line's top so many ems above the baseline.
constexpr double em_of_cell = 11.0 / 12;
constexpr double baseline_of_cell = 0.8;
constexpr double face_ascent = 1.16;
constexpr int paragraph_height_max = 4'000;

std::size_t row_bytes(int width) { return static_cast<std::size_t>(width + 7) / 8; }

}  // namespace

// What `bounds` holds when the text is drawn into it, pressed together or not to `size`.
Bits TextBits::drawn(const TextSpec& spec, const Rect& bounds, Size size) {
  Canvas canvas({bounds.width, size.height});
  canvas.fill({0, 0, bounds.width, size.height}, rgb(0xFFFFFF));
  typesetter_.draw(canvas, spec, bounds, rgb(0x000000));
  typesetter_.forget();
  Bits bits{size, std::vector<std::uint8_t>(row_bytes(size.width) * static_cast<std::size_t>(size.height))};
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const int from = x * bounds.width / size.width;
      const int to = std::max(from + 1, (x + 1) * bounds.width / size.width);
      std::uint32_t darkest = 0xFF;
      for (int column = from; column < to; ++column) {
        darkest = std::min(darkest, canvas.pixel(column, y) & 0xFFU);
      }
      if (darkest > black_up_to) continue;
      const std::size_t at =
          static_cast<std::size_t>(y) * row_bytes(size.width) + static_cast<std::size_t>(x / 8);
      bits.rows[at] = static_cast<std::uint8_t>(bits.rows[at] | 0x80U >> static_cast<unsigned>(x % 8));
    }
  }
  canvas.wipe();
  return bits;
}

Bits TextBits::paragraph(const std::string& text, int em_px, bool bold, int width_px) {
  const TextSpec spec{text, em_px, bold};
  const int height = std::min(typesetter_.height(spec, width_px), paragraph_height_max);
  return drawn(spec, {0, 0, width_px, height}, {width_px, height});
}

Bits TextBits::character(char32_t character, Size cell, bool bold) {
  const double em = cell.height * em_of_cell;
  TextSpec spec{encode_utf8(std::u32string_view(&character, 1)), static_cast<int>(em), bold, Align::center};
  spec.fixed_pitch = true;
  const int width = std::max(typesetter_.natural_width(spec), cell.width);
  const int top = static_cast<int>(cell.height * baseline_of_cell - em * face_ascent);
  return drawn(spec, {0, top, width, cell.height}, cell);
}

}  // namespace bianmin::ui

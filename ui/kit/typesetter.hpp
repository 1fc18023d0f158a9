// Text to sizes and to pixels, with a cache of set text. The only Pango of the project. Text that needs
// several lines is broken between phrases, or else into lines of one length: no word stands alone on the last
// line.
#pragma once

#include <memory>
#include <string>

#include "ui/kit/canvas.hpp"
#include "ui/kit/node.hpp"

namespace bianmin::ui {

struct TextSpec {
  std::string text = {};  // UTF-8; line feeds break lines
  int em_px = 0;
  bool bold = false;
  Align align = Align::start;  // start or center
  int max_lines = 0;           // 0: as many as it takes
  bool fixed_pitch = false;    // Latin letters half as wide as Chinese ones, as printers have them
};

// Thread-bound.
class Typesetter {
 public:
  static constexpr std::size_t cached_count_max = 400;

  Typesetter();
  ~Typesetter();
  Typesetter(const Typesetter&) = delete;
  Typesetter& operator=(const Typesetter&) = delete;

  int natural_width(const TextSpec& spec);             // the longest line, unbroken
  int height(const TextSpec& spec, int width_px);      // broken to fit the width
  Rect ink(const TextSpec& spec, const Rect& bounds);  // where draw() would leave colour
  void draw(Canvas& canvas, const TextSpec& spec, const Rect& bounds, Colour colour);
  // Drops all cached text, for it may be of a person. The libraries below keep glyph shapes, not texts.
  void forget();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bianmin::ui

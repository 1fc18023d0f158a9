// Text as black and white dots, for devices that have only those: print heads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ui/kit/typesetter.hpp"

namespace bianmin::ui {

// Rows of whole bytes from the top, the leftmost dot the highest bit, 1 is black.
struct Bits {
  Size size;
  std::vector<std::uint8_t> rows;
};

// Thread-bound: it lives on any one thread. Forgets each text when it is drawn.
class TextBits {
 public:
  // A paragraph in as many lines as `width_px` needs, any script, without white around it.
  Bits paragraph(const std::string& text, int em_px, bool bold, int width_px);
  // One character in a cell, pressed together when it is wider.
  Bits character(char32_t character, Size cell, bool bold);

 private:
  Bits drawn(const TextSpec& spec, const Rect& bounds, Size size);
  Typesetter typesetter_;
};

}  // namespace bianmin::ui

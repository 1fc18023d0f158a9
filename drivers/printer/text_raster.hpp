// Text as dots, for what a printer's font does not have. The drivers draw nothing: who makes the printer
// brings the hand that does.
#pragma once

#include <functional>
#include <string>

#include "drivers/printer/bitmap.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::printer {

struct RasterText {
  std::string text;  // UTF-8, one paragraph
  int em_dots = 24;
  bool bold = false;
  int width_dots = 0;  // broken into lines that fit
};

// The text's black dots without white around them, never wider than `width_dots`; empty for text without ink.
// May be called from any one thread at a time. Keeps no text. An empty function: there is no such hand, and
// characters that the printer lacks come out as "?".
using TextRaster = std::function<Bitmap(const RasterText&)>;

}  // namespace bianmin::printer

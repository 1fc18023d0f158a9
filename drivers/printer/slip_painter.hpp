// A printed slip as the dots that the print head burnt. Pure: who asks brings the letters.
#pragma once

#include <functional>

#include "drivers/printer/bitmap.hpp"
#include "drivers/printer/printed_slip.hpp"

namespace bianmin::printer {

// A character in its cell of `width` by `height` dots, in upright style.
using GlyphSource = std::function<Bitmap(char32_t character, int width, int height, bool bold)>;

// As wide as `area_dots`; what is below 7.5 metres of paper is left out. A code that cannot be made from its
// data comes out as its text in a frame.
Bitmap paint_slip(const PrintedSlip& slip, int area_dots, const GlyphSource& glyphs);

}  // namespace bianmin::printer

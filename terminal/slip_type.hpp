// The letters of receipts: what the drivers' printers lack is drawn with the screen's own fonts.
#pragma once

#include "drivers/printer/slip_painter.hpp"
#include "drivers/printer/text_raster.hpp"

namespace bianmin {

printer::TextRaster slip_text_raster();
printer::GlyphSource slip_glyphs();  // for previews; keeps the letters it drew

}  // namespace bianmin

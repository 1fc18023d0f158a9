// Codes as dots, for printers that cannot make them and for drawing what others make. Pure.
#pragma once

#include <string>

#include "drivers/printer/bitmap.hpp"
#include "drivers/printer/escpos_operation.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::printer {

// With its quiet zone of four modules. Text that is no UTF-8 counts as GB 18030. Error "code.too_long".
Result<Bitmap> qr_picture(const std::string& text, int module_dots, escpos::QrLevel level);
// Without quiet zones and without the text. A check digit that the data brings is made anew. Error
// "code.bad_text".
Result<Bitmap> bars_picture(escpos::BarSymbology symbology, const std::string& text, int module_dots,
                            int height_dots);
Result<Bitmap> pdf417_picture(const std::string& text, int module_dots, int row_modules);

}  // namespace bianmin::printer

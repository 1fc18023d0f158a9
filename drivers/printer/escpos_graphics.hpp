// Pictures and codes as ESC/POS commands. Pure.
#pragma once

#include <string>

#include "drivers/printer/bitmap.hpp"
#include "drivers/printer/printer_profile.hpp"
#include "terminal/base/bytes.hpp"

namespace bianmin::printer {

// In bands, so that no command is longer than the printer takes at once.
void write_picture(ByteWriter& to, const Bitmap& picture, const PrinterProfile& profile);

// GS ( k: model 2, error correction M.
void write_qr_code(ByteWriter& to, const std::string& text, int module_dots);

// GS k 73, Code 128, the text below the bars.
void write_code128(ByteWriter& to, const std::string& text, int module_dots, int height_dots);
int code128_modules(const std::string& text);  // that write_code128() makes, without quiet zones

}  // namespace bianmin::printer

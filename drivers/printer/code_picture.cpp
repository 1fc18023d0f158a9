#include "drivers/printer/code_picture.hpp"

#include <algorithm>

#include "drivers/scanner/code_writer.hpp"
#include "terminal/base/gb18030.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::printer {

namespace {

Bitmap drawn(const scanner::CodeModules& code, int scale_x, int scale_y) {
  Bitmap picture(code.width * scale_x, code.height * scale_y);
  for (int y = 0; y < code.height; ++y) {
    for (int x = 0; x < code.width; ++x) {
      if (code.black(x, y)) picture.fill(x * scale_x, y * scale_y, scale_x, scale_y);
    }
  }
  return picture;
}

// Without the check digit, and without Code 39's start and stop, which are made anew.
std::string bare_data(escpos::BarSymbology symbology, const std::string& text) {
  switch (symbology) {
    case escpos::BarSymbology::upc_a:
      return text.substr(0, 11);
    case escpos::BarSymbology::upc_e:
      return text.size() == 6 ? "0" + text : text.size() == 8 ? text.substr(0, 7) : text;
    case escpos::BarSymbology::ean13:
      return text.substr(0, 12);
    case escpos::BarSymbology::ean8:
      return text.substr(0, 7);
    case escpos::BarSymbology::code39:
      if (text.size() > 2 && text.front() == '*' && text.back() == '*')
        return text.substr(1, text.size() - 2);
      return text;
    default:
      return text;
  }
}

}  // namespace

Result<Bitmap> qr_picture(const std::string& text, int module_dots, escpos::QrLevel level) {
  const auto code = scanner::encode_qr(valid_utf8(text) ? text : utf8_from_gb18030(view_of(text)),
                                       static_cast<scanner::QrCorrection>(level));
  if (!code) return code.error();
  return drawn(*code, module_dots, module_dots);
}

Result<Bitmap> bars_picture(escpos::BarSymbology symbology, const std::string& text, int module_dots,
                            int height_dots) {
  static_assert(static_cast<int>(escpos::BarSymbology::code128) ==
                static_cast<int>(scanner::BarKind::code128));
  if (symbology == escpos::BarSymbology::other) {
    return Error{Remedy::refuse, "code.bad_text", "a kind that is not known"};
  }
  const auto code =
      scanner::encode_bars(static_cast<scanner::BarKind>(symbology), bare_data(symbology, text));
  if (!code) return code.error();
  return drawn(*code, module_dots, std::max(height_dots / std::max(code->height, 1), 1));
}

Result<Bitmap> pdf417_picture(const std::string& text, int module_dots, int row_modules) {
  const auto code = scanner::encode_pdf417(text);
  if (!code) return code.error();
  return drawn(*code, module_dots, std::max(module_dots * row_modules / 4, 1));
}

}  // namespace bianmin::printer

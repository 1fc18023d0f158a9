#include "drivers/scanner/code_writer.hpp"

#include <ZXing/BitMatrix.h>
#include <ZXing/CharacterSet.h>
#include <ZXing/MultiFormatWriter.h>
#include <ZXing/TextUtfEncoding.h>

#include <exception>

namespace bianmin::scanner {

constexpr int quiet_zone_modules = 4;
constexpr int correction_m = 2;  // ZXing's scale of 0 to 8, in pairs L M Q H

Result<QrModules> encode_qr(const std::string& text) {
  try {
    const ZXing::BitMatrix matrix = ZXing::MultiFormatWriter(ZXing::BarcodeFormat::QRCode)
                                        .setEncoding(ZXing::CharacterSet::UTF8)
                                        .setEccLevel(correction_m)
                                        .setMargin(quiet_zone_modules)
                                        .encode(ZXing::TextUtfEncoding::FromUtf8(text), 1, 1);
    QrModules out{matrix.width(), {}};
    for (int y = 0; y < matrix.height(); ++y) {
      for (int x = 0; x < matrix.width(); ++x) out.rows.push_back(matrix.get(x, y) ? 1 : 0);
    }
    return out;
  } catch (const std::exception&) {
    return Error{Remedy::refuse, "code.too_long", "does not fit a QR code"};
  }
}

}  // namespace bianmin::scanner

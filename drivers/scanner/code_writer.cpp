#include "drivers/scanner/code_writer.hpp"

#include <ZXing/BitMatrix.h>
#include <ZXing/CharacterSet.h>
#include <ZXing/MultiFormatWriter.h>
#include <ZXing/TextUtfEncoding.h>

#include <array>
#include <exception>
#include <optional>

namespace bianmin::scanner {

namespace {

constexpr int quiet_zone_modules = 4;

std::optional<CodeModules> encode(ZXing::MultiFormatWriter& writer, const std::string& text) {
  try {
    const ZXing::BitMatrix matrix = writer.encode(ZXing::TextUtfEncoding::FromUtf8(text), 1, 1);
    CodeModules out{matrix.width(), matrix.height(), {}};
    for (int y = 0; y < matrix.height(); ++y) {
      for (int x = 0; x < matrix.width(); ++x) out.modules.push_back(matrix.get(x, y) ? 1 : 0);
    }
    return out;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace

Result<CodeModules> encode_qr(const std::string& text, QrCorrection correction) {
  ZXing::MultiFormatWriter writer(ZXing::BarcodeFormat::QRCode);
  const int level = static_cast<int>(correction) * 2;  // ZXing's scale of 0 to 8, in pairs L M Q H
  writer.setEncoding(ZXing::CharacterSet::UTF8).setEccLevel(level).setMargin(quiet_zone_modules);
  auto modules = encode(writer, text);
  if (!modules) return Error{Remedy::refuse, "code.too_long", "does not fit a QR code"};
  return std::move(*modules);
}

Result<CodeModules> encode_bars(BarKind kind, const std::string& text) {
  using Format = ZXing::BarcodeFormat;
  constexpr std::array formats = {Format::UPCA,    Format::UPCE,   Format::EAN13,
                                  Format::EAN8,    Format::Code39, Format::ITF,
                                  Format::Codabar, Format::Code93, Format::Code128};
  ZXing::MultiFormatWriter writer(formats[static_cast<std::size_t>(kind)]);
  writer.setMargin(0);
  auto modules = encode(writer, text);
  if (!modules) return Error{Remedy::refuse, "code.bad_text", "not for this kind of bars"};
  return std::move(*modules);
}

Result<CodeModules> encode_pdf417(const std::string& text) {
  ZXing::MultiFormatWriter writer(ZXing::BarcodeFormat::PDF417);
  writer.setMargin(0);
  auto modules = encode(writer, text);
  if (!modules) return Error{Remedy::refuse, "code.bad_text", "does not fit PDF417"};
  return std::move(*modules);
}

}  // namespace bianmin::scanner

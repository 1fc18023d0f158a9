// Codes as modules: for printing them, and for drawing what a printer would print.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "terminal/base/result.hpp"

namespace bianmin::scanner {

struct CodeModules {
  int width = 0;
  int height = 0;                     // 1 for codes of bars
  std::vector<std::uint8_t> modules;  // row by row, 1 is black
  bool black(int x, int y) const { return modules[static_cast<std::size_t>(y * width + x)] != 0; }
};

enum class QrCorrection { l, m, q, h };

// UTF-8, with the quiet zone of four modules. Error "code.too_long".
Result<CodeModules> encode_qr(const std::string& text, QrCorrection correction);

enum class BarKind { upc_a, upc_e, ean13, ean8, code39, itf, codabar, code93, code128 };

// Without quiet zones. Error "code.bad_text": what such a code cannot say.
Result<CodeModules> encode_bars(BarKind kind, const std::string& text);
// Error "code.bad_text".
Result<CodeModules> encode_pdf417(const std::string& text);

}  // namespace bianmin::scanner

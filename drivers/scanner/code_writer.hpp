// QR codes as modules, for drawing what a printer would print.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "terminal/base/result.hpp"

namespace bianmin::scanner {

struct QrModules {
  int side = 0;                    // modules per side, with the quiet zone of four
  std::vector<std::uint8_t> rows;  // side * side, 1 is black
  bool black(int x, int y) const { return rows[static_cast<std::size_t>(y * side + x)] != 0; }
};

// Error correction M, UTF-8. Error "code.too_long".
Result<QrModules> encode_qr(const std::string& text);

}  // namespace bianmin::scanner

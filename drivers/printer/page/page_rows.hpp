// What both languages do with a page's rows. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

#include "drivers/printer/page/page_bitmap.hpp"
#include "terminal/base/bytes.hpp"

namespace bianmin::printer {

constexpr std::uint8_t black_below = 128;  // of grey

// Grey pixels as bits, the first one highest, 1 is black; each pixel `scale` times. The last byte is filled
// with white.
inline Bytes black_bits(ByteView grey, std::size_t scale) {
  Bytes bits((grey.size() * scale + 7) / 8, 0);
  for (std::size_t x = 0; x < grey.size() * scale; ++x) {
    if (grey[x / scale] < black_below) bits[x / 8] = static_cast<std::uint8_t>(bits[x / 8] | 0x80U >> x % 8);
  }
  return bits;
}

// Whether nothing stands on the page from row `y` on.
inline bool white_from(const PageBitmap& page, int y) {
  if (y >= page.row_count()) return true;
  if (page.same_rows(y, page.row_count()) < page.row_count() - y) return false;
  Bytes grey(static_cast<std::size_t>(page.format().width_px));
  page.row(y, grey);
  return std::all_of(grey.begin(), grey.end(), [](std::uint8_t pixel) { return pixel == 0xFF; });
}

inline Bytes wider(ByteView grey, std::size_t scale) {
  Bytes out(grey.size() * scale);
  for (std::size_t x = 0; x < out.size(); ++x) out[x] = grey[x / scale];
  return out;
}

}  // namespace bianmin::printer

// What both languages do with a page's rows. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

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

inline Bytes wider(ByteView grey, std::size_t scale) {
  Bytes out(grey.size() * scale);
  for (std::size_t x = 0; x < out.size(); ++x) out[x] = grey[x / scale];
  return out;
}

}  // namespace bianmin::printer

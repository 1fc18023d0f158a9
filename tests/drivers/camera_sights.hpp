// What a small camera sees, as brightness per pixel.
#pragma once

#include <string>

#include "terminal/base/bytes.hpp"
#include "tests/drivers/slip_pictures.hpp"

namespace bianmin::tests {

constexpr int sight_width = 320;
constexpr int sight_height = 240;

inline Bytes blank_sight(std::uint8_t brightness = 128) {
  return Bytes(static_cast<std::size_t>(sight_width) * sight_height, brightness);
}

// A slip with a code in the middle of it.
inline Bytes sight_of(const std::string& text) {
  const GrayImage slip = drawn_slip("QRCode", text, 4);
  Bytes out = blank_sight();
  const int top = 100;  // below the slip's first rows of print
  const int left = (slip.width - sight_width) / 2;
  for (int y = 0; y < sight_height && y + top < slip.height; ++y) {
    for (int x = 0; x < sight_width; ++x) {
      out[static_cast<std::size_t>(y * sight_width + x)] =
          slip.pixels[static_cast<std::size_t>((y + top) * slip.width + x + left)];
    }
  }
  return out;
}

}  // namespace bianmin::tests

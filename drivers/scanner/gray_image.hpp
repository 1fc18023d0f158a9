// A grey picture, row by row without gaps.
#pragma once

#include <cstdint>
#include <vector>

namespace bianmin::scanner {

struct GrayImage {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;  // 0 black to 255 white, width * height of them

  bool valid() const {
    return width > 0 && height > 0 &&
           pixels.size() == static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  }
};

}  // namespace bianmin::scanner

// A small picture of a person, wiped when it goes.
#pragma once

#include <cstdint>
#include <vector>

#include "terminal/base/secret.hpp"
#include "ui/kit/geometry.hpp"

namespace bianmin::ui {

// Row by row from the top, 0xFFRRGGBB; as many values as width times height.
struct Pixels {
  Size size;
  std::vector<std::uint32_t, WipingAllocator<std::uint32_t>> values;

  bool whole() const {
    return size.width > 0 && size.height > 0 &&
           values.size() == static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
  }
};

}  // namespace bianmin::ui

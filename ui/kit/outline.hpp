// Pictures made of strokes, read from SVG files in the manner of Tabler's outlines: paths in a box of 24 by
// 24, drawn with a round pen 2 wide. Of path data M L H V C A Z and their small letters are understood
// (SVG 1.1, chapter 8.3); anything else is refused. Pictures come with service packages: their bytes are
// hostile.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "terminal/base/result.hpp"

namespace bianmin::ui {

constexpr double outline_box = 24;
constexpr double outline_pen = 2;
constexpr std::size_t outline_byte_max = 65'536;
constexpr std::size_t outline_segment_count_max = 2'000;

struct OutlinePoint {
  double x = 0;
  double y = 0;
};

struct OutlineSegment {
  enum class Kind { move, line, curve, close };
  Kind kind = Kind::move;
  OutlinePoint control_1 = {};  // of a curve
  OutlinePoint control_2 = {};
  OutlinePoint end = {};
};

// Pure. Paths with stroke="none" are left out. Error "picture.bad".
Result<std::vector<OutlineSegment>> parse_outline(std::string_view svg);

}  // namespace bianmin::ui

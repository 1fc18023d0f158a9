// What a receipt printer is asked to print: lines, not bytes.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "drivers/printer/bitmap.hpp"

namespace bianmin::printer {

enum class Align { left, center, right };

struct TextLine {
  std::string text;  // UTF-8; wrapped at the paper's width, a full-width character taking two columns
  Align align = Align::left;
  int scale = 1;  // 1 or 2, both directions
  bool bold = false;
};
struct LabelLine {  // "办件号 ........ 0721 3386 41": label left, value right, wrapped below when too long
  std::string label;
  std::string value;
};
struct RuleLine {};  // a line across the paper
struct QrCode {
  std::string text;  // at most 200 bytes, error correction M
};
struct BarCode {     // Code 128, its text below it
  std::string text;  // printable ASCII, as much as fits the paper with lines of two dots
};
struct Image {
  GrayPicture picture;  // made smaller when it is wider than the paper; at most 4,096 pixels a side
  Align align = Align::center;
};
struct Feed {
  int lines = 1;
};

using Line = std::variant<TextLine, LabelLine, RuleLine, QrCode, BarCode, Image, Feed>;

struct Document {
  std::vector<Line> lines;  // the printer feeds and cuts at the end by itself
};

}  // namespace bianmin::printer

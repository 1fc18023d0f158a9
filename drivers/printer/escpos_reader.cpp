#include "drivers/printer/escpos_reader.hpp"

#include <variant>

#include "drivers/printer/escpos_commands.hpp"

namespace bianmin::printer::escpos {

namespace {

constexpr std::uint8_t dle = 0x10;
constexpr std::uint8_t esc = 0x1B;
constexpr std::uint8_t fs = 0x1C;
constexpr std::uint8_t gs = 0x1D;

Found read_dle(ByteView bytes) {
  if (bytes.size() < 3) return std::nullopt;
  constexpr std::uint8_t eot = 0x04;
  constexpr std::uint8_t enq = 0x05;
  constexpr std::uint8_t dc4 = 0x14;
  if (bytes[1] == eot) {
    const bool has_parameter = bytes[2] == 7 || bytes[2] == 8 || bytes[2] == 18;
    return known_length(bytes, has_parameter ? 4 : 3, StatusRequest{bytes[2]});
  }
  if (bytes[1] == enq) return known_length(bytes, 3);
  if (bytes[1] != dc4) return Step{1, Other{}};
  if (bytes[2] == 8) return known_length(bytes, 10, ClearBuffer{});
  return known_length(bytes, 5);
}

Found read_text(ByteView bytes, TextMode mode) {
  if (bytes[0] < 0x81 || mode == TextMode::single_bytes) return Step{1, Text{{bytes[0]}}};
  if (bytes.size() < 2) return std::nullopt;
  const bool four = bytes[1] >= 0x30 && bytes[1] <= 0x39;
  const std::size_t count = four ? 4 : 2;
  if (bytes.size() < count) return std::nullopt;
  return Step{count, Text{Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count))}};
}

}  // namespace

Bitmap picture_of_columns(ByteView columns, std::size_t column_bytes) {
  const std::size_t width = column_bytes == 0 ? 0 : columns.size() / column_bytes;
  Bitmap picture(static_cast<int>(width), static_cast<int>(column_bytes * 8));
  for (std::size_t x = 0; x < width; ++x) {
    for (std::size_t y = 0; y < column_bytes * 8; ++y) {
      const bool black = (columns[x * column_bytes + y / 8] >> (7 - y % 8) & 1) != 0;
      if (black) picture.set(static_cast<int>(x), static_cast<int>(y));
    }
  }
  return picture;
}

std::optional<Step> read_step(ByteView bytes, TextMode mode) {
  if (bytes.empty()) return std::nullopt;
  const bool introducer = bytes[0] == esc || bytes[0] == fs || bytes[0] == gs;
  if (introducer && bytes.size() < 2) return std::nullopt;
  switch (bytes[0]) {
    case dle:
      return read_dle(bytes);
    case esc:
      return read_esc(bytes);
    case fs:
      return read_fs(bytes);
    case gs:
      return read_gs(bytes);
    case '\n':
      return Step{1, NewLine{}};
    case '\t':
      return Step{1, Tab{}};
    default:
      break;
  }
  if (bytes[0] < 0x20 || bytes[0] == 0x7F) return Step{1, Other{}};
  return read_text(bytes, mode);
}

bool marks_paper(const Operation& operation) {
  return std::holds_alternative<Text>(operation) || std::holds_alternative<QrPrint>(operation) ||
         std::holds_alternative<Pdf417Print>(operation) || std::holds_alternative<PrintBars>(operation) ||
         std::holds_alternative<Raster>(operation) || std::holds_alternative<InlinePicture>(operation) ||
         std::holds_alternative<PrintGraphics>(operation) || std::holds_alternative<PrintPicture>(operation);
}

}  // namespace bianmin::printer::escpos

#include "drivers/printer/escpos_text.hpp"

#include <algorithm>

#include "terminal/base/gb18030.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::printer {

namespace {

constexpr std::size_t text_byte_max = 4'096;

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

// GBK without the places that are left to users: what the Chinese fonts of printers have. The four-byte part
// of GB 18030 differs from model to model.
bool in_chinese_font(ByteView bytes) {
  if (bytes.size() != 2) return false;
  const bool upper = bytes[1] >= 0xA1;
  const bool left_to_users = upper ? (bytes[0] >= 0xAA && bytes[0] <= 0xAF) || bytes[0] >= 0xF8
                                   : bytes[0] >= 0xA1 && bytes[0] <= 0xA7;
  return !left_to_users;
}

}  // namespace

int PrinterLine::columns() const {
  int sum = 0;
  for (const TextCell& cell : cells) sum += cell.columns;
  return sum;
}

Result<PrinterLine> printer_line(std::string_view text, PrinterText font) {
  const auto characters = decode_utf8(text);
  if (!characters || text.size() > text_byte_max) {
    return Error{Remedy::refuse, "printer.bad_document", "a text that cannot be printed"};
  }
  PrinterLine line;
  for (char32_t character : *characters) {
    if (is_control(character)) character = U' ';
    const std::string utf8 = encode_utf8(std::u32string_view(&character, 1));
    auto bytes = gb18030_from_utf8(utf8);
    if (!bytes) return Error{Remedy::refuse, "printer.bad_document", "a character that cannot be printed"};
    const bool ascii = character < 0x80;
    const bool known =
        ascii ? font != PrinterText::none : font == PrinterText::gb18030 && in_chinese_font(*bytes);
    TextCell cell;
    cell.columns = known && !ascii ? 2 : 1;
    cell.space = character == U' ';
    cell.word = ascii && !cell.space;
    cell.bytes = known ? std::move(*bytes) : Bytes{'?'};
    line.cells.push_back(std::move(cell));
    line.text += utf8;
    line.in_font = line.in_font && known;
  }
  return line;
}

std::size_t cells_on_line(std::span<const TextCell> cells, int columns_max) {
  std::size_t end = 0;
  int columns = 0;
  while (end < cells.size() && columns + cells[end].columns <= columns_max) columns += cells[end++].columns;
  if (end < cells.size() && cells[end].word) {
    std::size_t word = end;
    while (word > 0 && cells[word - 1].word) --word;
    if (word > 0) return word;
  }
  return std::min(std::max<std::size_t>(end, 1), cells.size());
}

}  // namespace bianmin::printer

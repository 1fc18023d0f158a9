#include "drivers/printer/escpos_encoder.hpp"

#include <algorithm>

#include "terminal/base/gb18030.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::printer {

namespace {

constexpr std::uint8_t dle = 0x10;
constexpr std::uint8_t esc = 0x1B;
constexpr std::uint8_t fs = 0x1C;
constexpr std::uint8_t gs = 0x1D;
constexpr std::size_t qr_byte_max = 200;
constexpr std::size_t line_count_max = 400;
constexpr std::size_t text_byte_max = 4'096;
constexpr int feed_max = 50;
constexpr int feed_before_cut = 3;

// A character as the printer sees it.
struct Cell {
  Bytes bytes;
  int columns = 1;
  bool space = false;
  bool word = false;  // ASCII that should not be broken inside
};

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

Result<std::vector<Cell>> cells_of(std::string_view text) {
  const auto characters = decode_utf8(text);
  if (!characters || text.size() > text_byte_max) {
    return Error{Remedy::refuse, "printer.bad_document", "a text that cannot be printed"};
  }
  std::vector<Cell> cells;
  for (char32_t character : *characters) {
    if (is_control(character)) character = U' ';
    auto bytes = gb18030_from_utf8(encode_utf8(std::u32string_view(&character, 1)));
    if (!bytes) return Error{Remedy::refuse, "printer.bad_document", "a character that cannot be printed"};
    Cell cell;
    cell.columns = bytes->size() > 1 ? 2 : 1;
    cell.space = character == U' ';
    cell.word = bytes->size() == 1 && !cell.space;
    cell.bytes = std::move(*bytes);
    cells.push_back(std::move(cell));
  }
  return cells;
}

int columns_of(std::span<const Cell> cells) {
  int columns = 0;
  for (const Cell& cell : cells) columns += cell.columns;
  return columns;
}

// Where the first line of `cells` ends: after what fits, before a word that does not.
std::size_t line_end(std::span<const Cell> cells, int columns_max) {
  std::size_t end = 0;
  int columns = 0;
  while (end < cells.size() && columns + cells[end].columns <= columns_max) columns += cells[end++].columns;
  if (end == cells.size() || !cells[end].word) return std::max<std::size_t>(end, 1);
  std::size_t word = end;
  while (word > 0 && cells[word - 1].word) --word;
  return word > 0 ? word : std::max<std::size_t>(end, 1);
}

class Encoder {
 public:
  explicit Encoder(int columns) : columns_(columns) {}

  Result<void> put(const TextLine& line) {
    if (line.scale != 1 && line.scale != 2) return bad("scale");
    const auto cells = cells_of(line.text);
    if (!cells) return cells.error();
    style(line.align, line.scale, line.bold);
    wrapped(*cells, columns_ / line.scale);
    style(Align::left, 1, false);
    return {};
  }
  Result<void> put(const LabelLine& line) {
    const auto label = cells_of(line.label);
    const auto value = cells_of(line.value);
    if (!label) return label.error();
    if (!value) return value.error();
    const int gap = columns_ - columns_of(*label) - columns_of(*value);
    if (gap >= 1) {
      raw(*label);
      spaces(gap);
      raw(*value);
      out_.u8('\n');
      return {};
    }
    wrapped(*label, columns_);
    style(Align::right, 1, false);
    wrapped(*value, columns_);
    style(Align::left, 1, false);
    return {};
  }
  Result<void> put(const RuleLine&) {
    for (int i = 0; i < columns_; ++i) out_.u8('-');
    out_.u8('\n');
    return {};
  }
  Result<void> put(const QrCode& code) {
    if (code.text.empty() || code.text.size() > qr_byte_max || !valid_utf8(code.text)) return bad("QR text");
    constexpr int wide_columns = 48;
    const bool wide = columns_ >= wide_columns;
    const std::uint8_t module_dots = code.text.size() <= 100 ? (wide ? 8 : 6) : (wide ? 6 : 5);
    style(Align::center, 1, false);
    qr_function({0x41, 0x32, 0x00});  // model 2
    qr_function({0x43, module_dots});
    qr_function({0x45, 0x31});  // error correction M
    Bytes store = {0x50, 0x30};
    append(store, view_of(code.text));
    qr_function(store);
    qr_function({0x51, 0x30});  // print
    style(Align::left, 1, false);
    return {};
  }
  Result<void> put(const Feed& feed) {
    if (feed.lines < 0 || feed.lines > feed_max) return bad("feed");
    out_.u8(esc).u8('d').u8(static_cast<std::uint8_t>(feed.lines));
    return {};
  }
  Bytes take() { return out_.take(); }

 private:
  static Error bad(std::string_view what) {
    return {Remedy::refuse, "printer.bad_document", std::string(what)};
  }

  void style(Align align, int scale, bool bold) {
    const std::uint8_t size = scale == 2 ? 0x11 : 0x00;
    out_.u8(esc).u8('a').u8(static_cast<std::uint8_t>(align));
    out_.u8(gs).u8('!').u8(size);
    out_.u8(esc).u8('E').u8(bold ? 1 : 0);
  }
  void raw(std::span<const Cell> cells) {
    for (const Cell& cell : cells) out_.bytes(cell.bytes);
  }
  void spaces(int count) {
    for (int i = 0; i < count; ++i) out_.u8(' ');
  }
  void wrapped(std::span<const Cell> cells, int columns_max) {
    do {
      const std::size_t end = std::min(line_end(cells, columns_max), cells.size());
      raw(cells.first(end));
      out_.u8('\n');
      cells = cells.subspan(end);
      while (!cells.empty() && cells.front().space) cells = cells.subspan(1);
    } while (!cells.empty());
  }
  void qr_function(const Bytes& parameters) {
    out_.u8(gs)
        .u8('(')
        .u8('k')
        .u16_le(static_cast<std::uint16_t>(parameters.size() + 1))
        .u8(0x31)
        .bytes(parameters);
  }

  int columns_;
  ByteWriter out_;
};

}  // namespace

Result<EncodedSlip> encode_escpos(const Document& document, PaperWidth width) {
  if (document.lines.empty() || document.lines.size() > line_count_max) {
    return Error{Remedy::refuse, "printer.bad_document", "no lines, or too many"};
  }
  Encoder encoder(generic_profile().area(width).columns);
  for (const Line& line : document.lines) {
    if (auto put = std::visit([&](const auto& item) { return encoder.put(item); }, line); !put)
      return put.error();
  }
  EncodedSlip slip;
  slip.body = escpos_initialise();
  append(slip.body, encoder.take());
  slip.cut = {esc, 'd', feed_before_cut, gs, 'V', 66, 0};
  return slip;
}

Bytes escpos_initialise() { return {esc, '@', fs, '&'}; }

Bytes escpos_status_request() {
  constexpr std::uint8_t eot = 0x04;
  return {dle, eot, 1, dle, eot, 2, dle, eot, 3, dle, eot, 4};
}

Bytes escpos_process_id(std::string_view id) {
  Bytes command = {gs, '(', 'H', 6, 0, 48, 48};
  append(command, view_of(id.substr(0, 4)));
  return command;
}

Bytes escpos_clear_buffer() {
  constexpr std::uint8_t dc4 = 0x14;
  return {dle, dc4, 8, 1, 3, 20, 1, 6, 2, 8};
}

}  // namespace bianmin::printer

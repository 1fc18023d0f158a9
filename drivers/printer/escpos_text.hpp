// Text as a printer's font sees it: cells of one or two columns, broken at the paper's width. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/printer/printer_profile.hpp"
#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::printer {

struct TextCell {
  Bytes bytes;  // "?" for what the font lacks
  int columns = 1;
  bool space = false;
  bool word = false;  // ASCII that should not be broken inside
};

struct PrinterLine {
  std::vector<TextCell> cells;
  std::string text;     // the same as UTF-8, control characters as spaces
  bool in_font = true;  // the printer has every character of it
  int columns() const;
};

// Error "printer.bad_document": no UTF-8, or more than 4,096 bytes.
Result<PrinterLine> printer_line(std::string_view text, PrinterText font);

// How many of `cells` stand on the first line: what fits, without the beginning of a word that does not; at
// least one.
std::size_t cells_on_line(std::span<const TextCell> cells, int columns_max);

}  // namespace bianmin::printer

// What stands on a document of A4 paper: a certificate, a statement. Words, not places.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bianmin::ui {

struct SheetRow {
  std::string label;
  std::string value;
};

// The verification code. Whoever knows codes makes its modules.
struct SheetCode {
  int side = 0;                       // modules per side, with the quiet zone of four
  std::vector<std::uint8_t> modules;  // side * side, row by row; 1 is dark
  std::string caption;                // beside it: what to do with it, and the same in digits
};

struct Sheet {
  std::string site;  // above the title
  std::string title;
  std::vector<std::string> paragraphs;  // below it
  std::vector<SheetRow> rows;           // then these as a table
  std::vector<std::string> closing;     // then these: who says so, and when
  std::optional<SheetCode> code;
  std::string footer;  // on each page; the page's number stands beside it
};

}  // namespace bianmin::ui

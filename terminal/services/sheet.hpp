// The A4 sheet that a person may take along besides the slip: what was handed in, and what happens next.
//
// Unlike the slip it holds values of the person, with the masks of the review page: it is printed only when
// the person asks for it.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace bianmin::services {

// As a package has it: the texts are keys.
struct SheetLayout {
  std::string title;
  std::string opening;
  std::string caption;               // beside the code
  std::vector<std::string> closing;  // what happens next, a paragraph each
  std::vector<std::string> fields;   // the values it lists, by the ids of the fields
};

// Finished, in one language.
struct SheetRowText {
  std::string label;
  std::string value;
};
struct SheetText {
  std::string title;
  std::string opening;
  std::string caption;
  std::vector<std::string> closing;
  std::vector<SheetRowText> rows;
};

// What its texts may hold in braces. "service" and "result_time" are filled from the package.
inline constexpr std::array<std::string_view, 6> sheet_placeholders = {"case_no",  "service",     "site",
                                                                       "terminal", "result_time", "time"};

}  // namespace bianmin::services

// Where everything of a sheet stands, page by page.
#pragma once

#include <variant>
#include <vector>

#include "terminal/base/result.hpp"
#include "ui/kit/paper.hpp"
#include "ui/kit/typesetter.hpp"
#include "ui/sheet/sheet.hpp"

namespace bianmin::ui {

struct SheetText {
  TextSpec spec;
  Rect bounds;
};
using SheetItem = std::variant<SheetText, std::vector<Rect>>;  // words, or black shapes
using SheetPage = std::vector<SheetItem>;

inline constexpr std::size_t sheet_pages_max = 20;

// A paragraph, a row of the table and the code are never torn between two pages. Errors: "sheet.too_long":
// more pages than that, or a part that no page holds; "sheet.bad_code": modules that are no square.
Result<std::vector<SheetPage>> lay_out_sheet(Typesetter& typesetter, const Sheet& sheet);

void draw_sheet_page(Typesetter& typesetter, Paper& paper, const SheetPage& page);

}  // namespace bianmin::ui

// A sheet as rows of grey for a printer, and as a PDF/A for the record.
#pragma once

#include <functional>
#include <string>

#include "ui/sheet/sheet_layout.hpp"

namespace bianmin::ui {

inline constexpr int sheet_band_rows = 256;  // so much of a page is in memory

// The page's rows from the top, some at a time: a4_paper.width bytes each, 0 black to 255 white. Ends early
// when `take` returns an error, with that error.
Result<void> render_sheet_page(Typesetter& typesetter, const SheetPage& page,
                               const std::function<Result<void>(ByteView grey_rows)>& take);

// PDF/A-2b. The same sheet of the same time is the same bytes. `created_utc_ms`: milliseconds since 1970.
Result<Bytes> sheet_pdf(Typesetter& typesetter, const std::vector<SheetPage>& pages, const std::string& title,
                        std::int64_t created_utc_ms);

}  // namespace bianmin::ui

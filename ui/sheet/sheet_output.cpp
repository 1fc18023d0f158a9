#include "ui/sheet/sheet_output.hpp"

#include <algorithm>

#include "terminal/base/clock.hpp"
#include "terminal/base/secret.hpp"
#include "ui/sheet/pdf_a.hpp"

namespace bianmin::ui {

Result<void> render_sheet_page(Typesetter& typesetter, const SheetPage& page,
                               const std::function<Result<void>(ByteView grey_rows)>& take) {
  for (int row = 0; row < a4_paper.height; row += sheet_band_rows) {
    Paper paper = Paper::band(a4_paper, row, std::min(sheet_band_rows, a4_paper.height - row));
    draw_sheet_page(typesetter, paper, page);
    Bytes grey = paper.take_grey();
    auto taken = take(grey);
    wipe(grey.data(), grey.size());
    if (!taken) return taken;
  }
  return {};
}

Result<Bytes> sheet_pdf(Typesetter& typesetter, const std::vector<SheetPage>& pages, const std::string& title,
                        std::int64_t created_utc_ms) {
  constexpr std::size_t to_seconds = 19;  // "2026-11-26T08:30:00"
  const std::string created = utc_stamp(created_utc_ms).substr(0, to_seconds) + "Z";
  Paper paper = Paper::pdf(a4_paper, created);
  for (const SheetPage& page : pages) {
    draw_sheet_page(typesetter, paper, page);
    paper.end_page();
  }
  auto plain = paper.take_pdf();
  if (!plain) return plain;
  auto whole = as_pdf_a(*plain, {title, created});
  wipe(plain->data(), plain->size());
  return whole;
}

}  // namespace bianmin::ui

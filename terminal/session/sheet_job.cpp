#include "terminal/session/sheet_job.hpp"

namespace bianmin::session {

Result<printer::PageJob> sheet_job(ui::Typesetter& typesetter, const std::vector<ui::SheetPage>& pages,
                                   const std::stop_token& stop) {
  static_assert(ui::a4_paper.width == printer::a4_page.width_px &&
                ui::a4_paper.height == printer::a4_page.height_px);
  printer::PageJob job;
  for (const ui::SheetPage& page : pages) {
    printer::PageBitmap bitmap(printer::a4_page);
    auto drawn = render_sheet_page(typesetter, page, [&](ByteView rows) -> Result<void> {
      if (stop.stop_requested()) return Error{Remedy::retry_later, "sheet.stopped", "nobody waits for it"};
      return bitmap.add_rows(rows);
    });
    if (!drawn) return drawn.error();
    job.push_back(std::move(bitmap));
  }
  return job;
}

}  // namespace bianmin::session

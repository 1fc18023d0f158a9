#include "terminal/session/certificate_job.hpp"

#include "sync/record/messages.hpp"
#include "terminal/pdf/pdf_pages.hpp"

namespace bianmin::session {

static_assert(pdf::a4_width_px == printer::a4_page.width_px &&
              pdf::a4_height_px == printer::a4_page.height_px);
static_assert(pdf::pages_max == printer::job_pages_max);
static_assert(pdf::file_size_max == record::certificate_size_max);

Result<printer::PageJob> certificate_job(ByteView file, const std::stop_token& stop) {
  printer::PageJob job;
  const auto take = [&job](std::size_t page, ByteView rows) {
    if (page == job.size()) job.emplace_back(printer::a4_page);
    return job.at(page).add_rows(rows);
  };
  const auto drawn = pdf::draw_pages(file, {}, take, pdf::draw_deadline_ms, stop);
  if (!drawn) return drawn.error();
  return job;
}

}  // namespace bianmin::session

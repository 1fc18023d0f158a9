// A sheet of words as a job for a page printer.
#pragma once

#include <stop_token>

#include "drivers/printer/page_printer.hpp"
#include "ui/sheet/sheet_output.hpp"

namespace bianmin::session {

// Draws all pages: some hundred milliseconds each on a small machine. Errors "sheet.*"; "sheet.stopped": the
// token said so.
Result<printer::PageJob> sheet_job(ui::Typesetter& typesetter, const std::vector<ui::SheetPage>& pages,
                                   const std::stop_token& stop = {});

}  // namespace bianmin::session

// A sheet of words as a job for a page printer.
#pragma once

#include "drivers/printer/page_printer.hpp"
#include "ui/sheet/sheet_output.hpp"

namespace bianmin::session {

// Draws all pages: some hundred milliseconds each on a small machine. Errors "sheet.*".
Result<printer::PageJob> sheet_job(ui::Typesetter& typesetter, const ui::Sheet& sheet);

}  // namespace bianmin::session

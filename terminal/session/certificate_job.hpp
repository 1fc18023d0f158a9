// A certificate, a PDF from outside, as a job for a page printer.
#pragma once

#include <stop_token>

#include "drivers/printer/page_printer.hpp"
#include "terminal/base/bytes.hpp"

namespace bianmin::session {

// Draws all pages, in another process, within two minutes. Errors: those of pdf::draw_pages.
Result<printer::PageJob> certificate_job(ByteView file, const std::stop_token& stop = {});

}  // namespace bianmin::session

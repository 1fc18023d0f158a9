// A PDF from outside as pages of A4 for a printer. It is read by a process of its own, kiosk-pdf, that has no
// way to the terminal's files and none to any network: whatever a file does to it, the terminal lives.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"
#include "terminal/pdf/pdf_words.hpp"

namespace bianmin::pdf {

constexpr int draw_deadline_ms = 120'000;  // for all pages

// Rows of page `page` (from 0), whole ones, from the top: a byte a pixel, 0 black or 255 white, a4_width_px
// of them a row.
using TakeRows = std::function<Result<void>(std::size_t page, ByteView grey_rows)>;

// `command`: the program and its arguments; empty: kiosk-pdf in the folder of this program. Blocks for at
// most `deadline_ms`; then, or when `stop` is requested, the child is killed. What `take` was given is worth
// printing only when this returns: how many pages there are, at least 1. Errors: refuse "pdf.broken",
// "pdf.locked", "pdf.too_long", "pdf.incomplete" (pdf_words.hpp), "pdf.died", "pdf.slow"; retry later
// "pdf.stopped"; "process.not_started"; the error of `take`.
Result<std::size_t> draw_pages(ByteView file, const std::vector<std::string>& command, const TakeRows& take,
                               int deadline_ms = draw_deadline_ms, const std::stop_token& stop = {});

}  // namespace bianmin::pdf

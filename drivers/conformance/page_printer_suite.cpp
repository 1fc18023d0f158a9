#include "drivers/conformance/paper_checks.hpp"
#include "drivers/conformance/suites.hpp"
#include "drivers/printer/page_printer.hpp"

namespace bianmin::conformance {

namespace {

constexpr std::int64_t page_print_limit_ms = 180'000;
constexpr std::int64_t page_replug_limit_ms = 60'000;
constexpr int jobs_in_a_row = 3;
constexpr int bars_max = 20;

// A frame, and as many bars as its number says.
printer::PageJob test_page(int number) {
  const int bar_count = (number - 1) % bars_max + 1;
  const auto width = static_cast<std::size_t>(printer::a4_page.width_px);
  printer::PageBitmap page(printer::a4_page);
  Bytes row(width);
  for (int y = 0; y < printer::a4_page.height_px; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const int column = static_cast<int>(x);
      const bool in_frame = y >= 300 && y < 3'200 && column >= 300 && column < 2'180;
      const bool frame = in_frame && (y < 310 || y >= 3'190 || column < 310 || column >= 2'170);
      const bool bars =
          y > 400 && y < 900 && column >= 400 && column < 400 + 60 * bar_count && column % 60 < 30;
      const bool grid = y > 1'000 && y < 3'000 && in_frame && (y / 8 + column / 8) % 12 == 0;
      row[x] = frame || bars || grid ? 0x00 : 0xFF;
    }
    if (!page.add_rows(row)) __builtin_trap();
  }
  printer::PageJob job;
  job.push_back(std::move(page));
  return job;
}

PaperPrinter as_paper_printer(printer::PagePrinter& printer) {
  return {
      .thing = "page",
      .paper_out = "printer.tray_empty",
      .state = [&printer] { return printer.state(); },
      .watch = [&printer](auto changed) { printer.watch(std::move(changed)); },
      .print = [&printer](int number, Printed done) { printer.print(test_page(number), std::move(done)); },
      .print_nothing = [&printer](Printed done) { printer.print({}, std::move(done)); },
      .cancel = [&printer] { printer.cancel(); }};
}

class PagePrinterChecks : public PaperChecks {
 public:
  explicit PagePrinterChecks(printer::PagePrinter& printer) : PaperChecks(as_paper_printer(printer)) {}

  Result<void> three(Stage& stage) { return many(stage, jobs_in_a_row); }
  Result<void> jam(Stage& stage) { return stopped(stage, Act::jam_page, Act::clear_jam, "printer.page_jam"); }
};

}  // namespace

Suite page_printer_suite(printer::PagePrinter& printer) {
  const auto checks = std::make_shared<PagePrinterChecks>(printer);
  const auto step = [&](std::string_view name, std::string_view what, std::int64_t limit_ms,
                        Result<void> (PagePrinterChecks::*check)(Stage&)) {
    return Step{name, what, limit_ms, [checks, check](Stage& stage) { return (*checks.*check)(stage); }};
  };
  Suite suite;
  suite.device = "page-printer";
  suite.steps = {
      step("ready", "It becomes ready with paper in and the cover closed.", start_limit_ms,
           &PagePrinterChecks::ready),
      step("print", "It prints one page, and says so.", page_print_limit_ms, &PagePrinterChecks::print),
      step("no-paper", "Without paper it says so; with paper it prints what waits, by itself.",
           state_limit_ms + page_print_limit_ms, &PagePrinterChecks::no_paper),
      step("paper-ends", "A tray that is empty in the middle of a job: one whole page follows by itself.",
           state_limit_ms + page_print_limit_ms, &PagePrinterChecks::paper_ends),
      step("cover-open", "With an open cover it says so; closed it prints what waits, by itself.",
           state_limit_ms + page_print_limit_ms, &PagePrinterChecks::cover_open),
      step("jammed", "A page that is stuck is told; when it is out what waits is printed, by itself.",
           state_limit_ms + page_print_limit_ms, &PagePrinterChecks::jam),
      step("unplugged", "Unplugged: absent; plugged in: ready, without a restart.", page_replug_limit_ms,
           &PagePrinterChecks::unplugged),
      step("unplugged-during",
           "Unplugged in the middle of a job: never two pages, never success without one.",
           page_replug_limit_ms + page_print_limit_ms, &PagePrinterChecks::unplugged_during),
      step("refuses",
           "What cannot be printed is refused, a second job too, and a waiting one can be called off.",
           state_limit_ms + page_print_limit_ms, &PagePrinterChecks::refuses),
      step("three", "Three pages in a row are three pages.", jobs_in_a_row * page_print_limit_ms,
           &PagePrinterChecks::three),
  };
  suite.tidy = [checks](Stage& stage) { checks->tidy(stage); };
  suite.stray_code = [checks] { return checks->stray_code(); };
  return suite;
}

}  // namespace bianmin::conformance

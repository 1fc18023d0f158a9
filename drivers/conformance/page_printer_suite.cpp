#include <fmt/format.h>

#include "drivers/conformance/public_codes.hpp"
#include "drivers/conformance/suites.hpp"
#include "drivers/printer/page_printer.hpp"

namespace bianmin::conformance {

namespace {

using printer::PrintOutcome;
using Print = std::shared_ptr<Awaited<PrintOutcome>>;

constexpr std::int64_t start_limit_ms = 20'000;
constexpr std::int64_t print_limit_ms = 180'000;
constexpr std::int64_t state_limit_ms = 15'000;
constexpr std::int64_t replug_limit_ms = 60'000;
constexpr std::int64_t at_once_ms = 500;
constexpr int jobs_in_a_row = 3;

// A frame, and as many bars as its number says.
printer::PageJob test_page(int number) {
  const auto width = static_cast<std::size_t>(printer::a4_page.width_px);
  printer::PageBitmap page(printer::a4_page);
  Bytes row(width);
  for (int y = 0; y < printer::a4_page.height_px; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const int column = static_cast<int>(x);
      const bool in_frame = y >= 300 && y < 3'200 && column >= 300 && column < 2'180;
      const bool frame = in_frame && (y < 310 || y >= 3'190 || column < 310 || column >= 2'170);
      const bool bars = y > 400 && y < 900 && column >= 400 && column < 400 + 60 * number && column % 60 < 30;
      const bool grid = y > 1'000 && y < 3'000 && in_frame && (y / 8 + column / 8) % 12 == 0;
      row[x] = frame || bars || grid ? 0x00 : 0xFF;
    }
    if (!page.add_rows(row)) __builtin_trap();
  }
  printer::PageJob job;
  job.push_back(std::move(page));
  return job;
}

class Checks {
 public:
  explicit Checks(printer::PagePrinter& printer) : printer_(printer) {
    printer_.watch([codes = codes_](DeviceState state) { codes->see(state); });
  }
  ~Checks() { printer_.watch(nullptr); }
  Checks(const Checks&) = delete;
  Checks& operator=(const Checks&) = delete;

  DeviceState state() const { return printer_.state(); }
  std::optional<std::string> stray_code() { return codes_->take(); }
  void tidy(Stage& stage) {
    printer_.cancel();
    (void)stage.until([&] { return !under_way_ || under_way_->ended(); });
    under_way_.reset();
  }

  Result<void> ready(Stage& stage) {
    for (const Act act : {Act::load_paper, Act::close_cover}) {
      if (auto asked = stage.ask(act); !asked) return asked;
    }
    return become_ready(stage, state_);
  }
  Result<void> print(Stage& stage) {
    const auto before = stage.count_slips();
    if (!before) return before.error();
    return expect_page(stage, begin_print(), *before);
  }
  Result<void> many(Stage& stage) {
    for (int i = 0; i < jobs_in_a_row; ++i) {
      if (auto printed = print(stage); !printed) return printed;
    }
    return {};
  }
  Result<void> no_paper(Stage& stage) {
    return stopped(stage, Act::remove_paper, Act::load_paper, "printer.tray_empty");
  }
  Result<void> cover_open(Stage& stage) {
    return stopped(stage, Act::open_cover, Act::close_cover, "printer.cover_open");
  }
  Result<void> paper_ends(Stage& stage) {
    return stopped_during(stage, Act::remove_paper_during, Act::load_paper, "printer.tray_empty");
  }
  Result<void> unplugged(Stage& stage) { return unplug_and_replug(stage, state_); }

  Result<void> unplugged_during(Stage& stage) {
    const auto before = stage.count_slips();
    if (!before) return before.error();
    if (auto asked = stage.ask(Act::unplug_during); !asked) return asked;
    const Print print = begin_print();
    const auto gone = [&] { return state().condition == DeviceCondition::absent; };
    if (!stage.until([&] { return gone() || print->ended(); }))
      return too_late("unplugged, not told", state());
    if (auto back = become_ready(stage, state_); !back) return back;
    return expect_page(stage, print, *before);
  }

  Result<void> refuses(Stage& stage) {
    const auto bad = std::make_shared<Awaited<PrintOutcome>>();
    printer_.print({}, [bad](Result<PrintOutcome> outcome) { bad->end(std::move(outcome)); });
    if (auto told = ends_as(stage, bad, "a job without pages", "printer.bad_document"); !told) return told;
    if (auto asked = stage.ask(Act::remove_paper); !asked) return asked;
    if (!stage.until([&] { return !state().usable(); })) return too_late("no paper, not told", state());
    const Print first = begin_print();
    const auto second = std::make_shared<Awaited<PrintOutcome>>();
    printer_.print(test_page(1), [second](Result<PrintOutcome> outcome) { second->end(std::move(outcome)); });
    if (auto told = ends_as(stage, second, "a second job", "printer.busy"); !told) return told;
    printer_.cancel();
    if (auto told = ends_as(stage, first, "a job called off", "printer.cancelled"); !told) return told;
    return back_to_ready(stage, Act::load_paper);
  }

 private:
  Print begin_print() {
    under_way_ = std::make_shared<Awaited<PrintOutcome>>();
    last_number_ = last_number_ % 20 + 1;
    printer_.print(test_page(last_number_),
                   [print = under_way_](Result<PrintOutcome> outcome) { print->end(std::move(outcome)); });
    return under_way_;
  }
  static std::string ending(const Print& print) {
    if (!*print->result) return std::string(print->result->error().code);
    return **print->result == PrintOutcome::printed ? "printed" : "doubtful";
  }
  Result<void> ends_as(Stage& stage, const Print& print, std::string_view what, std::string_view code) {
    if (!stage.within(at_once_ms, [&] { return print->ended(); })) return too_late(what, state());
    if (ending(print) != code) return wrong(fmt::format("{} ended as {}", what, ending(print)));
    return {};
  }
  Result<void> expect_page(Stage& stage, const Print& print, int before) {
    if (auto ended = wait_for_end(stage, print, "a page", state_); !ended) return ended;
    if (!*print->result) return checked(print->result->error());
    const auto after = stage.count_slips();
    if (!after) return after.error();
    const int pages = *after - before;
    const bool doubtful = **print->result == PrintOutcome::doubtful;
    if (pages > 1) return wrong(fmt::format("{} pages came out for one", pages));
    if (pages < 1 && !doubtful) return wrong("told as printed, and nothing whole came out");
    if (doubtful) stage.note("doubtful: the printer does not confirm what it printed");
    return {};
  }
  Result<void> back_to_ready(Stage& stage, Act mend) {
    if (auto asked = stage.ask(mend); !asked) return asked;
    if (!stage.until([&] { return state().usable(); })) return too_late("mended, and not ready", state());
    return {};
  }
  bool told(std::string_view code) const {
    return state().condition == DeviceCondition::needs_attention && state().code == code;
  }
  Result<void> stopped(Stage& stage, Act spoil, Act mend, std::string_view code) {
    const auto before = stage.count_slips();
    if (!before) return before.error();
    if (auto asked = stage.ask(spoil); !asked) return asked;
    if (!stage.until([&] { return told(code); }))
      return too_late(fmt::format("{} is not told", code), state());
    const Print print = begin_print();
    stage.linger(at_once_ms);
    if (print->ended()) return wrong("a page ended although nothing can be printed: " + ending(print));
    if (auto mended = back_to_ready(stage, mend); !mended) return mended;
    return expect_page(stage, print, *before);
  }
  Result<void> stopped_during(Stage& stage, Act spoil, Act mend, std::string_view code) {
    const auto before = stage.count_slips();
    if (!before) return before.error();
    if (auto asked = stage.ask(spoil); !asked) return asked;
    const Print print = begin_print();
    if (!stage.until([&] { return told(code) || print->ended(); }))
      return too_late(fmt::format("{} is not told", code), state());
    if (auto asked = stage.ask(mend); !asked) return asked;
    if (auto page = expect_page(stage, print, *before); !page) return page;
    return back_to_ready(stage, mend);
  }

  printer::PagePrinter& printer_;
  Print under_way_;
  int last_number_ = 0;
  std::shared_ptr<CodeWatch> codes_ = std::make_shared<CodeWatch>();
  std::function<DeviceState()> state_ = [this] { return state(); };
};

}  // namespace

Suite page_printer_suite(printer::PagePrinter& printer) {
  const auto checks = std::make_shared<Checks>(printer);
  const auto step = [&](std::string_view name, std::string_view what, std::int64_t limit_ms,
                        Result<void> (Checks::*check)(Stage&)) {
    return Step{name, what, limit_ms, [checks, check](Stage& stage) { return (*checks.*check)(stage); }};
  };
  Suite suite;
  suite.device = "page-printer";
  suite.steps = {
      step("ready", "It becomes ready with paper in and the cover closed.", start_limit_ms, &Checks::ready),
      step("print", "It prints one page, and says so.", print_limit_ms, &Checks::print),
      step("no-paper", "Without paper it says so; with paper it prints what waits, by itself.",
           state_limit_ms + print_limit_ms, &Checks::no_paper),
      step("paper-ends", "A tray that is empty in the middle of a job: one whole page follows by itself.",
           state_limit_ms + print_limit_ms, &Checks::paper_ends),
      step("cover-open", "With an open cover it says so; closed it prints what waits, by itself.",
           state_limit_ms + print_limit_ms, &Checks::cover_open),
      step("unplugged", "Unplugged: absent; plugged in: ready, without a restart.", replug_limit_ms,
           &Checks::unplugged),
      step("unplugged-during",
           "Unplugged in the middle of a job: never two pages, never success without one.",
           replug_limit_ms + print_limit_ms, &Checks::unplugged_during),
      step("refuses",
           "What cannot be printed is refused, a second job too, and a waiting one can be called off.",
           state_limit_ms + print_limit_ms, &Checks::refuses),
      step("three", "Three pages in a row are three pages.", jobs_in_a_row * print_limit_ms, &Checks::many),
  };
  suite.tidy = [checks](Stage& stage) { checks->tidy(stage); };
  suite.stray_code = [checks] { return checks->stray_code(); };
  return suite;
}

}  // namespace bianmin::conformance

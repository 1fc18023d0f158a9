#include <fmt/format.h>

#include "drivers/conformance/public_codes.hpp"
#include "drivers/conformance/suites.hpp"
#include "drivers/printer/receipt_printer.hpp"

namespace bianmin::conformance {

namespace {

using printer::PrintOutcome;
using Print = std::shared_ptr<Awaited<PrintOutcome>>;

constexpr std::int64_t start_limit_ms = 15'000;
constexpr std::int64_t print_limit_ms = 30'000;
constexpr std::int64_t state_limit_ms = 15'000;
constexpr std::int64_t replug_limit_ms = 45'000;
constexpr std::int64_t at_once_ms = 500;
constexpr int slips_in_a_row = 20;
constexpr std::int64_t row_limit_ms = 180'000;

printer::Document test_slip(int number) {
  using printer::Align;
  return {{printer::TextLine{"打印验收", Align::center, 2, true},
           printer::TextLine{"Conformance test", Align::center}, printer::RuleLine{},
           printer::LabelLine{"张", fmt::format("{}", number)},
           printer::LabelLine{"汉字", "便民服务，一次办好"},
           printer::QrCode{fmt::format("BIANMIN TEST {}", number)}, printer::Feed{1}}};
}

class Checks {
 public:
  explicit Checks(printer::ReceiptPrinter& printer) : printer_(printer) {
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
    return expect_slip(stage, begin_print(), *before);
  }

  Result<void> many(Stage& stage) {
    const auto before = stage.count_slips();
    if (!before) return before.error();
    for (int i = 0; i < slips_in_a_row; ++i) {
      const Print print = begin_print();
      if (auto ended = wait_for_end(stage, print, "a slip", state_); !ended) return ended;
      if (!*print->result) return checked(print->result->error());
    }
    stage.note(fmt::format("{} slips, {} ms each", slips_in_a_row, stage.took_ms() / slips_in_a_row));
    const auto after = stage.count_slips();
    if (!after) return after.error();
    if (*after - *before != slips_in_a_row) return wrong(fmt::format("{} slips came out", *after - *before));
    return {};
  }

  Result<void> no_paper(Stage& stage) {
    return stopped(stage, Act::remove_paper, Act::load_paper, "printer.paper_out");
  }
  Result<void> cover_open(Stage& stage) {
    return stopped(stage, Act::open_cover, Act::close_cover, "printer.cover_open");
  }
  Result<void> paper_ends(Stage& stage) {
    return stopped_during(stage, Act::remove_paper_during, Act::load_paper, "printer.paper_out");
  }
  Result<void> cover_opened(Stage& stage) {
    return stopped_during(stage, Act::open_cover_during, Act::close_cover, "printer.cover_open");
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
    return expect_slip(stage, print, *before);
  }

  Result<void> refuses(Stage& stage) {
    const auto bad = std::make_shared<Awaited<PrintOutcome>>();
    printer_.print({}, [bad](Result<PrintOutcome> outcome) { bad->end(std::move(outcome)); });
    if (!stage.within(at_once_ms, [&] { return bad->ended(); })) return too_late("an empty slip", state());
    if (*bad->result || bad->result->error().code != "printer.bad_document") {
      return wrong("an empty slip ended as " + ending(bad));
    }
    if (auto asked = stage.ask(Act::remove_paper); !asked) return asked;
    if (!stage.until([&] { return !state().usable(); })) return too_late("no paper, not told", state());
    const Print first = begin_print();
    const auto second = std::make_shared<Awaited<PrintOutcome>>();
    printer_.print(test_slip(0), [second](Result<PrintOutcome> outcome) { second->end(std::move(outcome)); });
    if (!stage.within(at_once_ms, [&] { return second->ended(); })) return too_late("a second slip", state());
    if (*second->result || second->result->error().code != "printer.busy") {
      return wrong("a second slip ended as " + ending(second));
    }
    printer_.cancel();
    if (!stage.within(at_once_ms, [&] { return first->ended(); }))
      return too_late("a slip called off", state());
    if (*first->result || first->result->error().code != "printer.cancelled") {
      return wrong("a slip called off ended as " + ending(first));
    }
    return back_to_ready(stage, Act::load_paper);
  }

 private:
  Print begin_print() {
    under_way_ = std::make_shared<Awaited<PrintOutcome>>();
    printer_.print(test_slip(++last_number_),
                   [print = under_way_](Result<PrintOutcome> outcome) { print->end(std::move(outcome)); });
    return under_way_;
  }
  static std::string ending(const Print& print) {
    if (!*print->result) return std::string(print->result->error().code);
    return **print->result == PrintOutcome::printed ? "printed" : "doubtful";
  }
  // `print` ends well, and as often as it says a slip has come out.
  Result<void> expect_slip(Stage& stage, const Print& print, int before) {
    if (auto ended = wait_for_end(stage, print, "a slip", state_); !ended) return ended;
    if (!*print->result) return checked(print->result->error());
    const auto after = stage.count_slips();
    if (!after) return after.error();
    const int slips = *after - before;
    const bool doubtful = **print->result == PrintOutcome::doubtful;
    if (slips > 1) return wrong(fmt::format("{} slips came out for one", slips));
    if (slips < 1 && !doubtful) return wrong("told as printed, and nothing whole came out");
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
  // It cannot print, says why, and prints what was asked for meanwhile as soon as it can.
  Result<void> stopped(Stage& stage, Act spoil, Act mend, std::string_view code) {
    const auto before = stage.count_slips();
    if (!before) return before.error();
    if (auto asked = stage.ask(spoil); !asked) return asked;
    if (!stage.until([&] { return told(code); }))
      return too_late(fmt::format("{} is not told", code), state());
    const Print print = begin_print();
    stage.linger(at_once_ms);
    if (print->ended()) return wrong("a slip ended although nothing can be printed: " + ending(print));
    if (auto mended = back_to_ready(stage, mend); !mended) return mended;
    return expect_slip(stage, print, *before);
  }
  // The same in the middle of a slip.
  Result<void> stopped_during(Stage& stage, Act spoil, Act mend, std::string_view code) {
    const auto before = stage.count_slips();
    if (!before) return before.error();
    if (auto asked = stage.ask(spoil); !asked) return asked;
    const Print print = begin_print();
    if (!stage.until([&] { return told(code) || print->ended(); })) {
      return too_late(fmt::format("{} is not told", code), state());
    }
    stage.note(print->ended() ? "the slip was out before" : "the slip came anew by itself");
    if (auto asked = stage.ask(mend); !asked) return asked;
    if (auto slip = expect_slip(stage, print, *before); !slip) return slip;
    return back_to_ready(stage, mend);
  }

  printer::ReceiptPrinter& printer_;
  Print under_way_;
  int last_number_ = 0;
  std::shared_ptr<CodeWatch> codes_ = std::make_shared<CodeWatch>();
  std::function<DeviceState()> state_ = [this] { return state(); };
};

}  // namespace

Suite printer_suite(printer::ReceiptPrinter& printer) {
  const auto checks = std::make_shared<Checks>(printer);
  const auto step = [&](std::string_view name, std::string_view what, std::int64_t limit_ms,
                        Result<void> (Checks::*check)(Stage&)) {
    return Step{name, what, limit_ms, [checks, check](Stage& stage) { return (*checks.*check)(stage); }};
  };
  Suite suite;
  suite.device = "receipt-printer";
  suite.steps = {
      step("ready", "It becomes ready with paper in and the cover closed.", start_limit_ms, &Checks::ready),
      step("print", "It prints one slip, cuts it, and says so.", print_limit_ms, &Checks::print),
      step("no-paper", "Without paper it says so; with paper it prints what waits, by itself.",
           state_limit_ms + print_limit_ms, &Checks::no_paper),
      step("paper-ends", "Paper that ends in the middle of a slip: one whole slip follows by itself.",
           state_limit_ms + print_limit_ms, &Checks::paper_ends),
      step("cover-open", "With an open cover it says so; closed it prints what waits, by itself.",
           state_limit_ms + print_limit_ms, &Checks::cover_open),
      step("cover-opened", "A cover opened in the middle of a slip: one whole slip follows by itself.",
           state_limit_ms + print_limit_ms, &Checks::cover_opened),
      step("unplugged", "Unplugged: absent; plugged in: ready, without a restart.", replug_limit_ms,
           &Checks::unplugged),
      step("unplugged-during",
           "Unplugged in the middle of a slip: never two slips, never success without one.", replug_limit_ms,
           &Checks::unplugged_during),
      step("refuses",
           "What cannot be printed is refused, a second slip too, and a waiting one can be called off.",
           state_limit_ms + print_limit_ms, &Checks::refuses),
      step("twenty", "Twenty slips in a row are twenty slips.", row_limit_ms, &Checks::many),
  };
  suite.tidy = [checks](Stage& stage) { checks->tidy(stage); };
  suite.stray_code = [checks] { return checks->stray_code(); };
  return suite;
}

}  // namespace bianmin::conformance

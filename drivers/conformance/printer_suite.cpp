#include <fmt/format.h>

#include "drivers/conformance/paper_checks.hpp"
#include "drivers/conformance/suites.hpp"

namespace bianmin::conformance {

namespace {

constexpr std::int64_t print_limit_ms = 30'000;
constexpr int slips_in_a_row = 20;

printer::Document test_slip(int number) {
  using printer::Align;
  return {{printer::TextLine{"打印验收", Align::center, 2, true},
           printer::TextLine{"Conformance test", Align::center}, printer::RuleLine{},
           printer::LabelLine{"张", fmt::format("{}", number)},
           printer::LabelLine{"汉字", "便民服务，一次办好"},
           printer::QrCode{fmt::format("BIANMIN TEST {}", number)}, printer::Feed{1}}};
}

PaperPrinter as_slip_printer(printer::ReceiptPrinter& printer) {
  return {
      .thing = "slip",
      .paper_out = "printer.paper_out",
      .state = [&printer] { return printer.state(); },
      .watch = [&printer](auto changed) { printer.watch(std::move(changed)); },
      .print = [&printer](int number, Printed done) { printer.print(test_slip(number), std::move(done)); },
      .print_nothing = [&printer](Printed done) { printer.print({}, std::move(done)); },
      .cancel = [&printer] { printer.cancel(); }};
}

class PrinterChecks : public PaperChecks {
 public:
  explicit PrinterChecks(printer::ReceiptPrinter& printer)
      : PaperChecks(as_slip_printer(printer)), printer_(printer) {}

  Result<void> twenty(Stage& stage) { return many(stage, slips_in_a_row); }
  Result<void> cutter(Stage& stage) {
    return stopped_during(stage, Act::block_cutter, Act::free_cutter, "printer.cutter");
  }

  // A slip is called off in the middle; what hangs there must not come out with the next one.
  Result<void> remains(Stage& stage) {
    if (auto asked = stage.ask(Act::open_cover_during); !asked) return asked;
    const Print torn = begin_print();
    if (!stage.until([&] { return told("printer.cover_open") || torn->ended(); }))
      return too_late("an open cover is not told", state());
    printer_.cancel();
    if (auto ended = wait_for_end(stage, torn, "a slip called off", state_); !ended) return ended;
    const auto cut = std::make_shared<bool>(false);
    printer_.cut_remains([cut] { *cut = true; });
    if (auto mended = back_to_ready(stage, Act::close_cover); !mended) return mended;
    if (!stage.until([&] { return *cut; })) return too_late("what hangs there is not cut off", state());
    return print(stage);
  }

  Result<void> presenter(Stage& stage) {
    using printer::SlipPresence;
    const auto until = [&](SlipPresence presence) {
      return stage.until([&] { return printer_.slip_presence() == presence; });
    };
    if (printer_.slip_presence() == SlipPresence::unknown)
      return Error{Remedy::refuse, "conformance.skipped", "it sees no slip at its mouth"};
    if (auto printed = print(stage); !printed) return printed;
    if (!until(SlipPresence::waiting)) return too_late("a slip is not seen at the mouth", state());
    if (auto asked = stage.ask(Act::take_slip); !asked) return asked;
    if (!until(SlipPresence::none)) return too_late("a slip that was taken is still seen", state());
    if (auto printed = print(stage); !printed) return printed;
    if (!until(SlipPresence::waiting)) return too_late("a second slip is not seen", state());
    const auto empty = std::make_shared<std::optional<bool>>();
    printer_.retract([empty](bool is_empty) { *empty = is_empty; });
    if (!stage.until([&] { return empty->has_value(); })) return too_late("taking it in has no end", state());
    stage.note(**empty ? "what is not taken is taken in" : "what is not taken stays at the mouth");
    if (**empty == (printer_.slip_presence() == SlipPresence::waiting))
      return wrong("what it said of its mouth is not what it sees");
    return {};
  }

 private:
  printer::ReceiptPrinter& printer_;
  std::function<DeviceState()> state_ = [this] { return state(); };
};

}  // namespace

Suite printer_suite(printer::ReceiptPrinter& printer) {
  const auto checks = std::make_shared<PrinterChecks>(printer);
  const auto step = [&](std::string_view name, std::string_view what, std::int64_t limit_ms,
                        Result<void> (PrinterChecks::*check)(Stage&)) {
    return Step{name, what, limit_ms, [checks, check](Stage& stage) { return (*checks.*check)(stage); }};
  };
  Suite suite;
  suite.device = "receipt-printer";
  suite.steps = {
      step("ready", "It becomes ready with paper in and the cover closed.", start_limit_ms,
           &PrinterChecks::ready),
      step("print", "It prints one slip, cuts it, and says so.", print_limit_ms, &PrinterChecks::print),
      step("no-paper", "Without paper it says so; with paper it prints what waits, by itself.",
           state_limit_ms + print_limit_ms, &PrinterChecks::no_paper),
      step("paper-ends", "Paper that ends in the middle of a slip: one whole slip follows by itself.",
           state_limit_ms + print_limit_ms, &PrinterChecks::paper_ends),
      step("cover-open", "With an open cover it says so; closed it prints what waits, by itself.",
           state_limit_ms + print_limit_ms, &PrinterChecks::cover_open),
      step("cover-opened", "A cover opened in the middle of a slip: one whole slip follows by itself.",
           state_limit_ms + print_limit_ms, &PrinterChecks::cover_opened),
      step("unplugged", "Unplugged: absent; plugged in: ready, without a restart.", replug_limit_ms,
           &PrinterChecks::unplugged),
      step("unplugged-during",
           "Unplugged in the middle of a slip: never two slips, never success without one.", replug_limit_ms,
           &PrinterChecks::unplugged_during),
      step("refuses",
           "What cannot be printed is refused, a second slip too, and a waiting one can be called off.",
           state_limit_ms + print_limit_ms, &PrinterChecks::refuses),
      step("cutter-stuck",
           "A knife that is stuck is told, and when it is free one whole slip follows by itself.",
           state_limit_ms + print_limit_ms, &PrinterChecks::cutter),
      step("remains", "A piece that hangs in the printer is cut off, and never comes out with the next slip.",
           2 * state_limit_ms + print_limit_ms, &PrinterChecks::remains),
      step("presenter", "A slip is seen at the mouth until it is taken, or taken in.", 2 * print_limit_ms,
           &PrinterChecks::presenter),
      step("twenty", "Twenty slips in a row are twenty slips.", row_limit_ms, &PrinterChecks::twenty),
  };
  suite.tidy = [checks](Stage& stage) { checks->tidy(stage); };
  suite.stray_code = [checks] { return checks->stray_code(); };
  return suite;
}

}  // namespace bianmin::conformance

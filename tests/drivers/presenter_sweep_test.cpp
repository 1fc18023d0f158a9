// Faults at each transfer of a kiosk printer: a slip is printed, held out, and taken in again.
#include "drivers/emulator/printer_model.hpp"
#include "drivers/printer/escpos_printer.hpp"
#include "tests/catch.hpp"
#include "tests/drivers/fault_sweep.hpp"
#include "tests/drivers/quick_options.hpp"

namespace bianmin {

namespace {

using emulator::PrinterModel;

constexpr int conversations_max = 6;

class PresenterSubject : public EmulatedSubject<PrinterModel> {
 public:
  PresenterSubject() {
    device_.change([](PrinterModel& model) { model.fit_presenter(); });
    printer_ =
        std::make_unique<printer::EscposPrinter>(*rig_.bus, rig_.loop, nullptr, options_, quick_recovery);
  }
  std::string name() const override { return "kiosk printer"; }
  DeviceState state() const override { return printer_->state(); }
  std::vector<Spoiling> spoilings() override {
    return {spoiling("slip taken", [](PrinterModel& model) { model.mouth().take(); }),
            spoiling("paper out", [](PrinterModel& model) { model.set_paper(false); })};
  }
  void mend() override {
    device_.change([](PrinterModel& model) { model.set_paper(true); });
  }
  void begin() override {
    printed_.reset();
    empty_.reset();
    asked_ = false;
    before_ = whole();
    printer_->print({{printer::TextLine{"SLIP"}}}, [this](Result<printer::PrintOutcome> outcome) {
      printed_ = outcome ? "doubtful" : std::string(outcome.error().code);
    });
  }
  void go_on() override {
    if (!printed_ || asked_) return;
    asked_ = true;
    printer_->retract([this](bool empty) { empty_ = empty; });
  }
  std::optional<std::string> ended() override {
    if (!printed_ || !empty_) return std::nullopt;
    if (*printed_ != "doubtful") return printed_;
    return *empty_ ? "ok" : "kept";
  }
  void call_off() override { printer_->cancel(); }
  // What is told of the mouth is so; and never two slips for one.
  bool honest(const std::string& ending, bool damaged) override {
    const bool holds = device_.change([](PrinterModel& model) { return model.mouth().holds(); });
    if (whole() - before_ > 1 || (ending != "ok" && ending != "kept")) return false;
    return damaged || holds == (ending == "kept");
  }
  std::int64_t limit_ms() const override {
    const int questions = 7 * options_.answer_timeout_ms;
    const int job =
        2 * (options_.confirm_timeout_ms + options_.write_timeout_ms) + options_.retract_timeout_ms;
    return std::int64_t{conversations_max} * (questions + job) + quick_recovery.backoff_max_ms;
  }

 private:
  int whole() {
    return device_.change([](PrinterModel& model) { return model.whole_count(); });
  }
  printer::EscposOptions options_ = quick_escpos_options();
  int before_ = 0;
  bool asked_ = false;
  std::optional<std::string> printed_;
  std::optional<bool> empty_;
  std::unique_ptr<printer::EscposPrinter> printer_;
};

}  // namespace

TEST_CASE("faults of a kiosk printer that holds its slips out", "[sweep]") {
  PresenterSubject subject;
  sweep(subject, 100);
}

}  // namespace bianmin

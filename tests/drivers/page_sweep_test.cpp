// The sweeps of page printers: PCL with PJL, and IPP.
#include "drivers/emulator/ipp_printer_model.hpp"
#include "drivers/emulator/page_printer_model.hpp"
#include "drivers/printer/page/usb_page_printer.hpp"
#include "tests/drivers/drawn_page.hpp"
#include "tests/drivers/fault_sweep.hpp"
#include "tests/drivers/quick_options.hpp"

namespace bianmin {

using emulator::IppPrinterModel;
using emulator::PagePrinterModel;
using printer::PrintOutcome;

namespace {

constexpr int conversations_max = 6;

template <typename Model>
class PageSubject : public EmulatedSubject<Model> {
 public:
  PageSubject() {
    printer_ = std::make_unique<printer::UsbPagePrinter>(*this->rig_.bus, this->rig_.loop, nullptr, options_,
                                                         quick_recovery);
  }
  DeviceState state() const override { return printer_->state(); }
  void begin() override {
    ended_.reset();
    before_ = whole();
    printer_->print(job_, [this](Result<PrintOutcome> outcome) {
      if (!outcome) ended_ = outcome.error().code;
      if (outcome) ended_ = *outcome == PrintOutcome::printed ? "ok" : "doubtful";
    });
  }
  std::optional<std::string> ended() override { return ended_; }
  void call_off() override { printer_->cancel(); }
  // Never two jobs for one, success only with one, and an error only without any.
  bool honest(const std::string& ending, bool damaged) override {
    const int jobs = whole() - before_;
    if (jobs > 1 && !damaged) return false;
    if (ending == "printer.not_printed") return damaged;
    if (ending != "ok" && ending != "doubtful") return false;
    return ending == "doubtful" || jobs == 1 || damaged;
  }
  std::int64_t limit_ms() const override {
    const int questions = 6 * options_.answer_timeout_ms;
    const int job = 2 * options_.confirm_timeout_ms + options_.stall_limit_ms + 4 * options_.write_timeout_ms;
    return std::int64_t{conversations_max} * (questions + job) + quick_recovery.backoff_max_ms;
  }

 private:
  int whole() {
    return this->device_.change([](Model& model) { return model.whole_count(); });
  }
  printer::PageOptions options_ = quick_page_options();
  printer::PageJob job_ = drawn_job(1);
  int before_ = 0;
  std::optional<std::string> ended_;
  std::unique_ptr<printer::UsbPagePrinter> printer_;
};

class PjlSubject : public PageSubject<PagePrinterModel> {
 public:
  std::string name() const override { return "page printer, PCL and PJL"; }
  std::vector<Spoiling> spoilings() override {
    return {spoiling("tray empty", [](PagePrinterModel& model) { model.set_paper(false); }),
            spoiling("jam", [](PagePrinterModel& model) { model.set_jam(true); })};
  }
  void mend() override {
    device_.change([](PagePrinterModel& model) {
      model.set_paper(true);
      model.set_jam(false);
    });
  }
};

class IppSubject : public PageSubject<IppPrinterModel> {
 public:
  std::string name() const override { return "page printer, IPP over USB"; }
  std::vector<Spoiling> spoilings() override {
    return {spoiling("tray empty", [](IppPrinterModel& model) { model.set_reasons({"media-empty-error"}); })};
  }
  void mend() override {
    device_.change([](IppPrinterModel& model) { model.set_reasons({"none"}); });
  }
};

}  // namespace

TEST_CASE("faults of a page printer with PJL", "[sweep]") {
  PjlSubject subject;
  sweep(subject, 50);
}

TEST_CASE("faults of a page printer with IPP", "[sweep]") {
  IppSubject subject;
  sweep(subject, 30);
}

}  // namespace bianmin

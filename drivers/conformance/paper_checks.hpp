// What both kinds of printers have to do: the steps that printer_suite() and page_printer_suite() share.
#pragma once

#include <memory>
#include <string>

#include "drivers/conformance/public_codes.hpp"
#include "drivers/conformance/suite.hpp"
#include "drivers/printer/receipt_printer.hpp"

namespace bianmin::conformance {

using Printed = std::function<void(Result<printer::PrintOutcome>)>;

// A printer of either kind, and what its paper is called.
struct PaperPrinter {
  std::string_view thing;      // "slip"
  std::string_view paper_out;  // the code of a printer without paper
  std::function<DeviceState()> state;
  std::function<void(std::function<void(DeviceState)>)> watch;
  std::function<void(int number, Printed done)> print;  // a thing of its own for each number
  std::function<void(Printed done)> print_nothing;      // what cannot be printed
  std::function<void()> cancel;
};

class PaperChecks {
 public:
  using Print = std::shared_ptr<Awaited<printer::PrintOutcome>>;

  explicit PaperChecks(PaperPrinter printer);
  ~PaperChecks() { printer_.watch(nullptr); }
  PaperChecks(const PaperChecks&) = delete;
  PaperChecks& operator=(const PaperChecks&) = delete;

  std::optional<std::string> stray_code() { return codes_->take(); }
  void tidy(Stage& stage);

  Result<void> ready(Stage& stage);
  Result<void> print(Stage& stage);
  Result<void> many(Stage& stage, int count);
  Result<void> no_paper(Stage& stage);
  Result<void> cover_open(Stage& stage);
  Result<void> paper_ends(Stage& stage);
  Result<void> cover_opened(Stage& stage);
  Result<void> unplugged(Stage& stage) { return unplug_and_replug(stage, printer_.state); }
  Result<void> unplugged_during(Stage& stage);
  Result<void> refuses(Stage& stage);

  // It cannot print, says why, and prints what was asked for meanwhile as soon as it can.
  Result<void> stopped(Stage& stage, Act spoil, Act mend, std::string_view code);
  // The same in the middle of a print.
  Result<void> stopped_during(Stage& stage, Act spoil, Act mend, std::string_view code);

  Print begin_print();
  // `print` ends well, and as often as it says a thing has come out.
  Result<void> expect_one(Stage& stage, const Print& print, int before);
  Result<void> back_to_ready(Stage& stage, Act mend);
  bool told(std::string_view code) const;
  DeviceState state() const { return printer_.state(); }

 private:
  static std::string ending(const Print& print);
  Result<void> ends_as(Stage& stage, const Print& print, std::string_view what, std::string_view code);
  Error not_told(Stage& stage, Act mend, std::string_view code);
  std::string a_thing() const { return "a " + std::string(printer_.thing); }

  PaperPrinter printer_;
  Print under_way_;
  int last_number_ = 0;
  std::shared_ptr<CodeWatch> codes_ = std::make_shared<CodeWatch>();
};

}  // namespace bianmin::conformance

// A receipt printer's driver over an emulated printer.
#pragma once

#include <optional>

#include "drivers/emulator/printer_model.hpp"
#include "drivers/printer/escpos_printer.hpp"
#include "tests/drivers/device_rig.hpp"
#include "tests/drivers/quick_options.hpp"

namespace bianmin {

inline printer::Document printer_slip() {
  return {{printer::TextLine{"便民服务回执", printer::Align::center, 2, true}, printer::RuleLine{},
           printer::LabelLine{"办件号", "0721 3386 41"}, printer::LabelLine{"事项", "养老待遇资格认证"},
           printer::QrCode{"BM1:0721338641"}, printer::TextLine{"已经存好，可以放心离开。"}}};
}

// How many bytes the printer receives for the slip before its cut.
inline std::size_t body_byte_count() {
  const auto encoded = printer::encode_escpos(printer_slip(), {});
  return encoded->body.size();
}

struct PrinterRig : LoopRig {
  enum class Kind { plain, kiosk };
  explicit PrinterRig(Kind kind = Kind::plain) {
    if (kind == Kind::kiosk) device.change([](emulator::PrinterModel& model) { model.fit_presenter(); });
    device.plug();
    printer =
        std::make_unique<printer::EscposPrinter>(*bus, loop, nullptr, quick_escpos_options(), quick_recovery);
  }
  void start_printing() {
    outcome.reset();
    printer->print(printer_slip(),
                   [this](Result<printer::PrintOutcome> ended) { outcome = std::move(ended); });
  }
  bool ended() const { return outcome.has_value(); }
  bool printed() const { return outcome && *outcome && **outcome == printer::PrintOutcome::printed; }
  bool doubtful() const { return outcome && *outcome && **outcome == printer::PrintOutcome::doubtful; }
  bool until_ready() {
    return until([&] { return printer->state().usable(); });
  }
  bool until_code(std::string_view code) {
    return until([&] { return printer->state().code == code; });
  }
  int whole() {
    return device.change([](emulator::PrinterModel& model) { return model.whole_count(); });
  }
  int partial() {
    return device.change([](emulator::PrinterModel& model) { return model.partial_count(); });
  }

  EmulatedDevice<emulator::PrinterModel> device;
  std::unique_ptr<printer::EscposPrinter> printer;
  std::optional<Result<printer::PrintOutcome>> outcome;
};

}  // namespace bianmin

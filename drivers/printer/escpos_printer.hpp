// A receipt printer that speaks ESC/POS on USB printer class 7/1/2 (one bulk pair).
#pragma once

#include <memory>
#include <optional>

#include "drivers/printer/escpos_encoder.hpp"
#include "drivers/printer/receipt_printer.hpp"
#include "drivers/usb/bus.hpp"
#include "drivers/usb/device_loop.hpp"

namespace bianmin::printer {

// What this driver would take: the number of the interface. Pure; for listings.
std::optional<int> escpos_printer_interface(const usb::DeviceInfo& device);

struct EscposOptions {
  PaperWidth width = PaperWidth::mm80;
  int answer_timeout_ms = 500;      // to a real-time request
  int write_timeout_ms = 2'000;     // of one piece: a full buffer means that the printer stands still
  int confirm_timeout_ms = 20'000;  // from the last byte to the printer's word that it is on paper
  int idle_poll_ms = 2'000;         // status while nothing is printed
  int busy_poll_ms = 100;           // status while a job is under way or waits
  TextRaster raster = {};           // for what the printer's font lacks
};

// How a slip comes out exactly once: the printer is asked to report when the body is printed (GS ( H), then
// it cuts and reports again. Whatever happens before the cut is sent leaves a damaged piece of paper, never a
// second slip: the buffer is cleared (DLE DC4), the piece is cut off, and the slip is printed anew. Only
// between the cut and its report can it be unknown whether the slip is whole: `doubtful`. Printers without GS
// ( H always end so.
//
// Destroying it drops a job under way without calling its `done`.
class EscposPrinter : public ReceiptPrinter {
 public:
  // `bus`, `loop` and `log` (may be null) must outlive it.
  EscposPrinter(usb::Bus& bus, EventLoop& loop, Log* log, EscposOptions options = {},
                usb::RecoveryLimits recovery = {});
  ~EscposPrinter() override;

  DeviceState state() const override;
  void watch(std::function<void(DeviceState)> changed) override;
  void print(const Document& document, std::function<void(Result<PrintOutcome>)> done) override;
  void cancel() override;

 private:
  class Device;
  std::unique_ptr<Device> device_;
};

}  // namespace bianmin::printer

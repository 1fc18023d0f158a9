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
  int idle_poll_ms = 2'000;         // status while nothing is printed, and where it is told of without asking
  int busy_poll_ms = 100;           // status while a job is under way or waits
  int mouth_poll_ms = 300;          // while a slip waits at the mouth
  int retract_timeout_ms = 5'000;   // until the sensor sees the mouth empty
  int mend_first_ms = 2'000;        // pause between tries to go on after a jam, doubled each time
  int mend_max_ms = 60'000;
  TextRaster raster = {};  // for what the printer's font lacks
};

// How a slip comes out exactly once: the printer is asked to report when the body is printed (GS ( H), then
// it prints the end mark, cuts and reports again. Whatever happens before the body is reported leaves a piece
// without an end mark, never a second slip: the buffer is cleared (DLE DC4), the piece is cut off, and the
// slip is printed anew. After that only the end mark and the cut are to be done, and to do them twice harms
// nobody: they are repeated until the printer reports them. In doubt are slips whose end mark went off with
// the old roll, slips called off between body and cut, and all slips of printers without GS ( H.
//
// Changes of state are told by the printer itself (GS a) where the model can, and asked for (DLE EOT)
// elsewhere. After a jam it is told now and then that somebody may have mended it (DLE ENQ): it does not find
// out by itself.
//
// A model with a presenter holds each slip at its mouth, and is asked whether it is still there (DLE EOT 20).
// What had to be cut away is taken in at once where the model can.
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
  void cut_remains(std::function<void()> done) override;
  SlipPresence slip_presence() const override;
  void watch_slip(std::function<void(SlipPresence)> changed) override;
  void retract(std::function<void(bool empty)> done) override;

 private:
  class Device;
  std::unique_ptr<Device> device_;
};

}  // namespace bianmin::printer

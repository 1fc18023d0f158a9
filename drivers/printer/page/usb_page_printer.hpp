// An A4 printer on USB: IPP over USB (7/1/4, alternate setting 0), or printer class 7/1/2 and 7/1/1 (PCL with
// or without PJL, PWG raster).
#pragma once

#include <memory>
#include <optional>

#include "drivers/printer/page/page_link.hpp"
#include "drivers/printer/page_printer.hpp"
#include "drivers/usb/bus.hpp"
#include "drivers/usb/device_loop.hpp"

namespace bianmin::printer {

// What this driver would take: the number of the interface. By the descriptors alone receipt printers look
// the same; the printer is asked what it is when it is open. Pure; for listings.
std::optional<int> page_printer_interface(const usb::DeviceInfo& device);

// How a job comes out exactly once: until the last ink of the first page is on its way, nothing whole can be
// on paper, and a torn job is sent anew. From then on only the printer's own word counts: PJL's end of the
// job with the number of pages, or IPP's job state.
//
// Destroying it drops a job under way without calling its `done`.
class UsbPagePrinter : public PagePrinter {
 public:
  // `bus`, `loop` and `log` (may be null) must outlive it.
  UsbPagePrinter(usb::Bus& bus, EventLoop& loop, Log* log, PageOptions options = {},
                 usb::RecoveryLimits recovery = {});
  ~UsbPagePrinter() override;

  DeviceState state() const override;
  void watch(std::function<void(DeviceState)> changed) override;
  void print(PageJob job, std::function<void(Result<PrintOutcome>)> done) override;
  void cancel() override;

 private:
  class Device;
  std::unique_ptr<Device> device_;
};

}  // namespace bianmin::printer

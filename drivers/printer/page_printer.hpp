#pragma once

#include <functional>
#include <vector>

#include "drivers/device.hpp"
#include "drivers/printer/page/page_bitmap.hpp"
#include "drivers/printer/receipt_printer.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::printer {

// Pages of A4 (`a4_page`), whole, in their order; printed on one side.
using PageJob = std::vector<PageBitmap>;
inline constexpr std::size_t job_pages_max = 20;

// Thread-bound to the event loop. Implementations: UsbPagePrinter.
// States: ready, degraded "printer.toner_low", needs_attention "printer.tray_empty" | "printer.page_jam" |
// "printer.cover_open" | "printer.toner_out" | "printer.bin_full" | "printer.offline", faulted
// "printer.broken" | "printer.no_language" | "usb.*", absent.
class PagePrinter : public Device {
 public:
  // Prints the pages, exactly once. A job waits for as long as it takes until the printer can print, and one
  // that is torn before all of a page is in the printer is sent anew, without anybody's doing; cancel() ends
  // it. Page printers hold what they were sent and go on by themselves after a jam or an empty tray. `done`
  // runs exactly once, on the loop: printed, when the printer itself said that the last page is out;
  // doubtful, when pages may be out and its word never came, or said otherwise; or an error with no whole
  // page on paper ("printer.cancelled", "printer.busy": a job is under way, "printer.bad_document",
  // "printer.not_printed": the printer itself called the job off).
  virtual void print(PageJob job, std::function<void(Result<PrintOutcome>)> done) = 0;
  virtual void cancel() = 0;  // no job under way: nothing happens
};

}  // namespace bianmin::printer

#pragma once

#include <functional>
#include <string_view>

#include "drivers/device.hpp"
#include "drivers/printer/document.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::printer {

enum class PrintOutcome {
  printed,   // the printer itself confirmed that everything up to the cut was executed
  doubtful,  // all bytes may have come out, but the confirmation never came: a person must look at the paper
};

// The last line of every slip. It goes out only when the lines before it are known to be on paper: a piece
// of paper that does not end so is not a slip, whatever else is on it.
inline constexpr std::string_view slip_end_mark = "—— 完 END ——";

// What the sensor of a presenter sees, which holds a slip at the mouth until it is taken.
enum class SlipPresence {
  unknown,  // no presenter, or nobody to ask
  none,
  waiting,
};

// Thread-bound to the event loop. Implementations: EscposPrinter.
// States: ready, degraded "printer.paper_low", needs_attention "printer.paper_out" | "printer.cover_open",
// faulted "printer.cutter" | "printer.jam" | "printer.overheat" | "usb.*", absent.
class ReceiptPrinter : public Device {
 public:
  // Prints one slip, exactly once. When paper runs out, the cover opens or the printer is unplugged before
  // the slip is whole, what hangs there is cut off without its end mark, and the slip is printed anew from
  // its first line as soon as the printer is ready again, without anybody's doing; the time waited has no
  // limit, cancel() ends it. `done` runs exactly once, on the loop: printed, or doubtful, or an error with
  // nothing whole on paper ("printer.cancelled", "printer.busy": a job is under way, "printer.bad_document").
  virtual void print(const Document& document, std::function<void(Result<PrintOutcome>)> done) = 0;
  virtual void cancel() = 0;  // no job under way: nothing happens

  // Whoever printed before this program began has left it in doubt what hangs in the printer: it is cut off
  // as soon as the printer can, before anything else is printed. `done` runs at most once, on the loop, when
  // it is.
  virtual void cut_remains(std::function<void()> done) = 0;

  virtual SlipPresence slip_presence() const = 0;
  virtual void watch_slip(std::function<void(SlipPresence)> changed) = 0;  // null: nobody watches any more
  // Takes in what nobody took. `done` runs at most once, on the loop: true when nothing waits at the mouth
  // any more, false when it stays there. A slip that is ordered meanwhile comes first, and answers false.
  virtual void retract(std::function<void(bool empty)> done) = 0;
};

}  // namespace bianmin::printer

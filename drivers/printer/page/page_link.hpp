// One open page printer, in one language: what UsbPagePrinter asks of it.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "drivers/printer/page/page_status.hpp"
#include "drivers/printer/page_printer.hpp"
#include "drivers/usb/channel.hpp"

namespace bianmin::printer {

struct PageOptions {
  int answer_timeout_ms = 1'000;     // to a question
  int write_timeout_ms = 2'000;      // of one piece: then the printer is asked why it takes nothing
  int stall_limit_ms = 60'000;       // it takes nothing, and says that it could print
  int confirm_timeout_ms = 120'000;  // from the last byte, or the end of a trouble, to the printer's word
  int idle_poll_ms = 2'000;          // state while nothing is printed
  int busy_poll_ms = 200;            // state while a job is under way or waits
};

enum class JobVerdict {
  open,         // nothing is known yet
  printed,      // the printer says that all pages are out
  not_printed,  // it says that none is, and none will be
  unknown,      // it ended otherwise
};

// Asked while a job is sent.
struct SendHooks {
  std::function<bool()> may_go_on;                // false: the job is called off
  std::function<bool()> may_finish_page;          // once, before a first page is whole in the printer
  std::function<void(const PageStatus&)> stands;  // it takes nothing now
};

// Thread-bound, blocking with limits. Errors of all calls: "usb.*".
class PageLink {
 public:
  virtual ~PageLink() = default;
  // Once, before all others. `torn`: a job that was torn may be in the printer, and is thrown away.
  virtual Result<void> begin(bool torn) = 0;
  // `in_job`: a job was sent and has not ended, so nothing is asked that would have to wait for its end.
  virtual Result<PageStatus> status(bool in_job) = 0;
  // True: the printer has the job, or so much of it that look() has to tell. False: it was called off, with
  // no whole page in the printer.
  virtual Result<bool> send(const PageJob& job, const std::string& name, const SendHooks& hooks) = 0;
  // After send(): waits up to `wait_ms` for news of the job.
  virtual Result<JobVerdict> look(int wait_ms) = 0;
  virtual bool confirms() const = 0;    // whether look() will ever say more than "open"
  virtual Result<void> call_off() = 0;  // after send(); look() tells what came of it
};

// USB printer class 7/1/1 and 7/1/2: PCL inside PJL where the printer has both, for PJL confirms; else PWG
// raster; else plain PCL. Error "printer.no_language": none of them.
Result<std::unique_ptr<PageLink>> raw_page_link(usb::Channel& channel, const PageOptions& options,
                                                std::stop_token stop);

}  // namespace bianmin::printer

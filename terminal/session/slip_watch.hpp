// What waits at the printer's mouth: whose it is, and what becomes of it when nobody takes it.
#pragma once

#include <functional>
#include <memory>

#include "drivers/printer/receipt_printer.hpp"
#include "sync/store/print_ledger.hpp"
#include "terminal/base/event_loop.hpp"
#include "terminal/base/log.hpp"

namespace bianmin::session {

// Thread-bound to the loop. A slip found there before anybody has begun is another person's: it is taken in
// when it has lain there for `wait_ms`, and at once when somebody begins.
class SlipWatch {
 public:
  SlipWatch(printer::ReceiptPrinter& printer, store::PrintLedger& ledger, EventLoop& loop, Log& log,
            std::int64_t wait_ms);
  ~SlipWatch();
  SlipWatch(const SlipWatch&) = delete;
  SlipWatch& operator=(const SlipWatch&) = delete;

  void start(std::function<void()> changed);  // begins to watch the printer
  bool slip_there() const { return printer_.slip_presence() == printer::SlipPresence::waiting; }
  bool forgotten() const { return !served_ && slip_there(); }
  void person_begins();

  // Takes in what nobody took, and notes it in the ledger. `then` runs on the loop when that is settled,
  // within retract_limit_ms; whatever the printer does, what was noted is on the disk by then.
  void take_in(std::function<void()> then);

 private:
  void presence_changed(printer::SlipPresence presence);
  void settled(bool empty);

  printer::ReceiptPrinter& printer_;
  store::PrintLedger& ledger_;
  EventLoop& loop_;
  Log& log_;
  const std::int64_t wait_ms_;
  std::function<void()> changed_;
  std::function<void()> then_;
  bool served_ = false;
  bool taking_in_ = false;
  EventLoop::TimerId timer_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace bianmin::session

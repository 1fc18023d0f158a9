// One A4 sheet on its way to paper: drawn by a worker, kept in the record, printed, and every step in the
// ledger.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "drivers/printer/page_printer.hpp"
#include "sync/store/print_ledger.hpp"
#include "terminal/base/event_loop.hpp"
#include "terminal/base/log.hpp"
#include "terminal/base/secret.hpp"
#include "terminal/base/worker.hpp"
#include "ui/sheet/sheet.hpp"

namespace bianmin::session {

// Thread-bound to the loop. What it holds of a person is wiped as soon as the printer has it; what the
// printer has goes when it is printed or called off.
class SheetPrint {
 public:
  enum class Phase {
    idle,      // nothing was asked for
    drawing,   // by the worker
    printing,  // under way, or waiting for the printer: see PagePrinter::state()
    printed,   // the printer said so
    doubtful,  // it may be incomplete: a person has to look
    failed,    // nothing whole came out
  };
  // Puts the PDF/A into the record, on disk before it returns. Asked once, with the first sheet, before a
  // byte of it goes to the printer; an error: nothing is printed, and it is asked again at the next try.
  using Keep = std::function<Result<void>(ByteView pdf)>;

  // `changed` runs on the loop after each change of the phase.
  SheetPrint(EventLoop& loop, printer::PagePrinter& printer, store::PrintLedger& ledger, Log& log, Keep keep,
             std::function<void()> changed);
  ~SheetPrint() { *alive_ = false; }
  SheetPrint(const SheetPrint&) = delete;
  SheetPrint& operator=(const SheetPrint&) = delete;

  // The intent is on disk before the first byte goes out. While one is under way: nothing happens.
  void print(const std::string& case_no, ui::Sheet sheet, std::int64_t created_utc_ms);
  // Gives up what is under way; `then` runs on the loop when the ledger knows how it ended.
  void finish(std::function<void()> then);

  Phase phase() const { return phase_; }
  bool under_way() const { return phase_ == Phase::drawing || phase_ == Phase::printing; }
  int copies() const { return copies_; }  // sent to the printer

 private:
  struct Drawn;
  void send(Drawn& drawn);
  Result<void> note(ByteView pdf);
  void ended(Result<printer::PrintOutcome> outcome);
  void fail(const Error& error);
  void set(Phase phase);

  EventLoop& loop_;
  printer::PagePrinter& printer_;
  store::PrintLedger& ledger_;
  Log& log_;
  Keep keep_;
  std::function<void()> changed_;
  std::function<void()> finished_;
  std::string case_no_;
  std::string job_id_;
  int copies_ = 0;
  bool kept_ = false;
  Phase phase_ = Phase::idle;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::optional<Worker> worker_;  // while it draws
};

}  // namespace bianmin::session

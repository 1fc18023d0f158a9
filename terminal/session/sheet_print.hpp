// What goes to paper on A4: drawn by a worker, kept in the record where that is wanted, printed, and every
// step in the ledger.
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
  struct Drawn {
    printer::PageJob pages;
    SecretBytes pdf;  // what the pages show
  };
  // Runs on the worker; ends early when the token says so.
  using Draw = std::function<Result<Drawn>(const std::stop_token& stop)>;
  // Puts the PDF/A into the record, on disk before it returns. Asked once, with the first sheet, before a
  // byte of it goes to the printer; an error: nothing is printed, and it is asked again at the next try.
  using Keep = std::function<Result<void>(ByteView pdf)>;

  // `kind` is in the ledger's names: "sheet", "certificate". `keep`: null where nothing is to be kept.
  // `changed` runs on the loop after each change of the phase.
  SheetPrint(EventLoop& loop, printer::PagePrinter& printer, store::PrintLedger& ledger, Log& log,
             std::string kind, Keep keep, std::function<void()> changed);
  ~SheetPrint() { *alive_ = false; }
  SheetPrint(const SheetPrint&) = delete;
  SheetPrint& operator=(const SheetPrint&) = delete;

  // The intent is on disk before the first byte goes out. While one is under way: nothing happens.
  void print(const std::string& case_no, Draw draw);
  void print(const std::string& case_no, ui::Sheet sheet, std::int64_t created_utc_ms);
  // Gives up what is under way; `then` runs on the loop when the ledger knows how it ended.
  void finish(std::function<void()> then);

  Phase phase() const { return phase_; }
  bool under_way() const { return phase_ == Phase::drawing || phase_ == Phase::printing; }
  int copies() const { return copies_; }                  // sent to the printer
  std::size_t page_count() const { return page_count_; }  // of the last of them
  std::string_view problem() const { return problem_; }   // when failed: the code

 private:
  void send(Drawn& drawn);
  Result<void> note(ByteView pdf);
  Result<std::string> free_name() const;
  void ended(Result<printer::PrintOutcome> outcome);
  void fail(const Error& error);
  void set(Phase phase);

  EventLoop& loop_;
  printer::PagePrinter& printer_;
  store::PrintLedger& ledger_;
  Log& log_;
  std::string kind_;
  Keep keep_;
  std::function<void()> changed_;
  std::function<void()> finished_;
  std::string case_no_;
  std::string job_id_;
  int copies_ = 0;
  std::size_t page_count_ = 0;
  std::string_view problem_;
  bool kept_ = false;
  Phase phase_ = Phase::idle;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::optional<Worker> worker_;  // while it draws
};

}  // namespace bianmin::session

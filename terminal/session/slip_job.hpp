// One slip: the ledger says what is meant, the printer says what came out, and the two are never mixed up.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "drivers/printer/receipt_printer.hpp"
#include "sync/store/print_ledger.hpp"
#include "terminal/base/log.hpp"

namespace bianmin::session {

// Thread-bound to the loop.
class SlipJob {
 public:
  enum class Phase {
    idle,      // nothing was asked for
    printing,  // under way, or waiting for the printer: see ReceiptPrinter::state()
    printed,   // the printer said so
    doubtful,  // it may be incomplete: a person has to look; a marked duplicate may be printed
    failed,    // nothing whole came out
  };

  // `changed` runs on the loop after each change of the phase.
  SlipJob(printer::ReceiptPrinter& printer, store::PrintLedger& ledger, Log& log,
          std::function<void()> changed);
  ~SlipJob() { *alive_ = false; }
  SlipJob(const SlipJob&) = delete;
  SlipJob& operator=(const SlipJob&) = delete;

  // The intent is on disk before the first byte goes out. Error: the ledger's; then nothing is printed.
  Result<void> print(const std::string& case_no, printer::Document document);
  // The same slip again after doubt or failure, its first line saying that it is a duplicate. At any other
  // time, as at the second of two quick touches: nothing happens.
  Result<void> print_duplicate(const std::string& mark);
  // Gives up what is under way; `then` runs on the loop when the ledger knows how it ended.
  void finish(std::function<void()> then);

  Phase phase() const { return phase_; }
  std::string_view error_code() const { return error_code_; }

 private:
  Result<void> send(const printer::Document& document);
  void ended(Result<printer::PrintOutcome> outcome);
  void record(store::PrintState state);
  void set(Phase phase);

  printer::ReceiptPrinter& printer_;
  store::PrintLedger& ledger_;
  Log& log_;
  std::function<void()> changed_;
  std::function<void()> finished_;
  std::string case_no_;
  printer::Document document_;
  std::string job_id_;
  int copies_ = 0;
  Phase phase_ = Phase::idle;
  std::string_view error_code_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

// SHA-256 over the lines, each with its kind and length, so that two documents differ when their paper would.
record::Digest document_digest(const printer::Document& document);

}  // namespace bianmin::session

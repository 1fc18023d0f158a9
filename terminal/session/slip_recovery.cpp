#include "terminal/session/slip_recovery.hpp"

#include <algorithm>

namespace bianmin::session {

namespace {

void cut_what_hangs(store::PrintLedger& ledger, printer::ReceiptPrinter& printer, Log& log) {
  const auto hangs = ledger.paper_hangs();
  if (!hangs) return log.error("slip", "ledger-not-read", hangs.error());
  if (!*hangs) return;
  log.write(LogLevel::info, "slip", "remains-expected", {});
  printer.cut_remains([&ledger, &log] {
    const auto noted = ledger.paper_cut_off();
    if (!noted) log.error("slip", "ledger-not-written", noted.error());
  });
}

}  // namespace

std::int64_t recover_slips(store::PrintLedger& ledger, printer::ReceiptPrinter& printer, Log& log,
                           std::int64_t now_utc_ms, std::int64_t interrupted_ms) {
  std::int64_t speak_ms = 0;
  const auto jobs = ledger.recover();
  if (!jobs) log.error("session", "ledger-not-read", jobs.error());
  cut_what_hangs(ledger, printer, log);  // also then: the paper does not care
  if (!jobs) return 0;
  for (const store::PrintJob& job : *jobs) {
    if (job.state == store::PrintState::doubtful) {
      if (job.paper == store::PrintPaper::slip)
        speak_ms = std::max(speak_ms, interrupted_ms - (now_utc_ms - job.changed_utc_ms));
    } else {
      const auto closed = ledger.advance(job.id, store::PrintState::cancelled);  // not a byte of it went out
      if (!closed) log.error("session", "ledger-not-written", closed.error());
    }
  }
  return speak_ms;
}

}  // namespace bianmin::session

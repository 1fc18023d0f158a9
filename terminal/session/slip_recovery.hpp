// What the process before this one left of its slips.
#pragma once

#include <cstdint>

#include "drivers/printer/receipt_printer.hpp"
#include "sync/store/print_ledger.hpp"
#include "terminal/base/log.hpp"

namespace bianmin::session {

// Once at the start of a process. What was being sent is in doubt from now on, what had not begun is closed,
// and what may hang in the printer is cut off before another person's slip. The answer: for how long the
// welcome page has to speak of a slip that may not be whole; 0: of none. The three must outlive the printer's
// work.
std::int64_t recover_slips(store::PrintLedger& ledger, printer::ReceiptPrinter& printer, Log& log,
                           std::int64_t now_utc_ms, std::int64_t interrupted_ms);

}  // namespace bianmin::session

// What was meant to be printed, and what is known of it: so that a slip is never printed twice silently, nor
// a print claimed that did not come out.
//
//   intended ─► sending ─► printed (end)
//      │           ├─────► doubtful ─► printed │ cancelled │ sending (a person has looked)
//      │           └─────► failed   ─► sending │ cancelled
//      └─► cancelled (end)
//
// A slip that nobody took from the printer's mouth is noted beside its state.
//
// Beside them one bit of the slips' paper itself: whether a piece may hang in the receipt printer. It begins
// with `sending` and ends with `printed`, or when the printer has cut the piece off. Sheets never set it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sync/record/envelope.hpp"
#include "sync/store/journal.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::store {

enum class PrintState { intended, sending, printed, doubtful, failed, cancelled };

std::string_view print_state_name(PrintState state);

// no: it was taken, or nobody could see.
enum class Untaken { no, retracted, kept };

std::string_view untaken_name(Untaken untaken);  // "no": empty

enum class PrintPaper { slip, sheet };  // of the receipt printer, of the A4 printer

std::string_view print_paper_name(PrintPaper paper);

struct PrintJob {
  std::string id;
  std::string case_no;
  record::Digest document_digest{};
  PrintState state = PrintState::intended;
  std::int64_t changed_utc_ms = 0;
  Untaken untaken = Untaken::no;
  PrintPaper paper = PrintPaper::slip;
};

// What a ledger file holds, without its terminal. Reads only. Errors: those of database::Database.
struct LedgerReport {
  std::vector<PrintJob> jobs;   // the newest first
  std::int64_t counts[6] = {};  // of all, by state
  bool paper_hangs = false;
};
Result<LedgerReport> read_print_ledger(const std::filesystem::path& path, int count_max);

// Thread-bound. Borrows the journal and the clock. Every change is on the disk before it returns.
class PrintLedger {
 public:
  PrintLedger(Journal& journal, const Clock& clock) : journal_(journal), clock_(clock) {}

  // The same job again with the same document changes nothing, whatever its state is.
  // Error "print.other_document" (refuse): the id names another document.
  Result<PrintState> intend(const std::string& job_id, const std::string& case_no,
                            const record::Digest& document_digest, PrintPaper paper = PrintPaper::slip);
  // Error "print.bad_step" (refuse): the state diagram has no such arrow, or there is no such job.
  Result<void> advance(const std::string& job_id, PrintState to);
  Result<std::optional<PrintJob>> find(const std::string& job_id);
  // To be called once at start: whatever was being sent when the last process ended is in doubt now.
  // Returns what unfinished() does.
  Result<std::vector<PrintJob>> recover();
  // Intended and sending ones, and doubtful ones of whose case no later copy was printed on that paper.
  Result<std::vector<PrintJob>> unfinished();

  // Of the newest slip that may have come out. There is none: nothing happens.
  Result<void> note_untaken(Untaken what);

  Result<bool> paper_hangs();
  Result<void> paper_cut_off();

 private:
  Result<void> set_hanging(bool hanging);
  Journal& journal_;
  const Clock& clock_;
};

}  // namespace bianmin::store

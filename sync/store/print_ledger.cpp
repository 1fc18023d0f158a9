#include "sync/store/print_ledger.hpp"

#include <algorithm>

namespace bianmin::store {

namespace {

constexpr PrintState all_states[] = {PrintState::intended, PrintState::sending, PrintState::printed,
                                     PrintState::doubtful, PrintState::failed,  PrintState::cancelled};

PrintState print_state_of(std::string_view name) {
  const auto* found = std::ranges::find(all_states, name, print_state_name);
  return found != std::end(all_states) ? *found : PrintState::doubtful;
}

Untaken untaken_of(std::string_view name) {
  if (name == untaken_name(Untaken::retracted)) return Untaken::retracted;
  return name == untaken_name(Untaken::kept) ? Untaken::kept : Untaken::no;
}

bool allowed(PrintState from, PrintState to) {
  switch (from) {
    case PrintState::intended:
      return to == PrintState::sending || to == PrintState::cancelled;
    case PrintState::sending:
      return to == PrintState::printed || to == PrintState::doubtful || to == PrintState::failed;
    case PrintState::doubtful:
      return to == PrintState::printed || to == PrintState::cancelled || to == PrintState::sending;
    case PrintState::failed:
      return to == PrintState::sending || to == PrintState::cancelled;
    case PrintState::printed:
    case PrintState::cancelled:
      return false;
  }
  return false;
}

constexpr std::string_view columns =
    "SELECT id, case_no, document_digest, state, changed_utc_ms, untaken, paper FROM print_job ";

PrintJob job_of(const database::Statement& row) {
  const bool sheet = row.text(6) == print_paper_name(PrintPaper::sheet);
  PrintJob job{row.text(0),
               row.text(1),
               {},
               print_state_of(row.text(3)),
               row.integer(4),
               untaken_of(row.text(5)),
               sheet ? PrintPaper::sheet : PrintPaper::slip};
  const Bytes digest = row.bytes(2);
  std::copy_n(digest.begin(), std::min(digest.size(), job.document_digest.size()),
              job.document_digest.begin());
  return job;
}

Result<std::vector<PrintJob>> jobs_of(database::Statement& query) {
  std::vector<PrintJob> jobs;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return jobs;
    jobs.push_back(job_of(query));
  }
}

}  // namespace

std::string_view print_state_name(PrintState state) {
  switch (state) {
    case PrintState::intended:
      return "intended";
    case PrintState::sending:
      return "sending";
    case PrintState::printed:
      return "printed";
    case PrintState::doubtful:
      return "doubtful";
    case PrintState::failed:
      return "failed";
    case PrintState::cancelled:
      return "cancelled";
  }
  return "doubtful";
}

std::string_view untaken_name(Untaken untaken) {
  switch (untaken) {
    case Untaken::no:
      return "";
    case Untaken::retracted:
      return "retracted";
    case Untaken::kept:
      return "kept";
  }
  return "";
}

std::string_view print_paper_name(PrintPaper paper) { return paper == PrintPaper::sheet ? "sheet" : "slip"; }

Result<PrintState> PrintLedger::intend(const std::string& job_id, const std::string& case_no,
                                       const record::Digest& document_digest, PrintPaper paper) {
  auto transaction = database::Transaction::begin(journal_.database());
  if (!transaction) return transaction.error();
  auto known = find(job_id);
  if (!known) return known.error();
  if (*known) {
    if ((*known)->document_digest == document_digest && (*known)->case_no == case_no) return (*known)->state;
    return Error{Remedy::refuse, "print.other_document", "the job id names another document"};
  }
  auto insert = journal_.database().prepare("INSERT INTO print_job VALUES (?, ?, ?, 'intended', ?, '', ?)");
  insert.bind(std::string_view(job_id)).bind(std::string_view(case_no)).bind(ByteView(document_digest));
  insert.bind(clock_.utc_ms()).bind(print_paper_name(paper));
  if (auto done = insert.run(); !done) return done.error();
  if (auto done = transaction->commit(); !done) return done.error();
  return PrintState::intended;
}

Result<void> PrintLedger::advance(const std::string& job_id, PrintState to) {
  auto transaction = database::Transaction::begin(journal_.database());
  if (!transaction) return transaction.error();
  auto known = find(job_id);
  if (!known) return known.error();
  if (!*known || !allowed((*known)->state, to)) {
    return Error{Remedy::refuse, "print.bad_step", "not to " + std::string(print_state_name(to))};
  }
  auto update =
      journal_.database().prepare("UPDATE print_job SET state = ?, changed_utc_ms = ? WHERE id = ?");
  update.bind(print_state_name(to)).bind(clock_.utc_ms()).bind(std::string_view(job_id));
  if (auto done = update.run(); !done) return done;
  const bool slip = (*known)->paper == PrintPaper::slip;
  if (slip && (to == PrintState::sending || to == PrintState::printed)) {
    if (auto done = set_hanging(to == PrintState::sending); !done) return done;
  }
  return transaction->commit();
}

Result<std::optional<PrintJob>> PrintLedger::find(const std::string& job_id) {
  auto query = journal_.database().prepare(std::string(columns) + "WHERE id = ?");
  auto row = query.bind(std::string_view(job_id)).step();
  if (!row) return row.error();
  return *row ? std::optional(job_of(query)) : std::nullopt;
}

Result<std::vector<PrintJob>> PrintLedger::recover() {
  auto update = journal_.database().prepare(
      "UPDATE print_job SET state = 'doubtful', changed_utc_ms = ? WHERE state = 'sending'");
  if (auto done = update.bind(clock_.utc_ms()).run(); !done) return done.error();
  return unfinished();
}

Result<std::vector<PrintJob>> PrintLedger::unfinished() {
  auto query = journal_.database().prepare(
      std::string(columns) +
      "AS job WHERE state IN ('intended', 'sending') OR (state = 'doubtful' AND NOT EXISTS (SELECT 1 FROM "
      "print_job AS copy WHERE copy.case_no = job.case_no AND copy.paper = job.paper AND copy.state = "
      "'printed' "
      "AND copy.changed_utc_ms > job.changed_utc_ms)) ORDER BY changed_utc_ms, id");
  return jobs_of(query);
}

Result<void> PrintLedger::note_untaken(Untaken what) {
  auto update = journal_.database().prepare(
      "UPDATE print_job SET untaken = ? WHERE id = (SELECT id FROM print_job WHERE paper = 'slip' AND state "
      "IN ('printed', 'doubtful') ORDER BY changed_utc_ms DESC, id DESC LIMIT 1)");
  return update.bind(untaken_name(what)).run();
}

Result<bool> PrintLedger::paper_hangs() {
  const auto hanging = journal_.database().prepare("SELECT hanging FROM printer_paper").number();
  if (!hanging) return hanging.error();
  return *hanging != 0;
}

Result<void> PrintLedger::paper_cut_off() { return set_hanging(false); }

Result<void> PrintLedger::set_hanging(bool hanging) {
  auto update = journal_.database().prepare("UPDATE printer_paper SET hanging = ?");
  return update.bind(hanging ? 1 : 0).run();
}

Result<LedgerReport> read_print_ledger(const std::filesystem::path& path, int count_max) {
  auto database = database::Database::open(path, {}, {.access = database::Access::read_only});
  if (!database) return database.error();
  // One read transaction: a terminal at work may write between two questions.
  if (auto begun = (*database)->execute("BEGIN"); !begun) return begun.error();
  LedgerReport report;
  for (const PrintState state : all_states) {
    auto count = (*database)->prepare("SELECT count(*) FROM print_job WHERE state = ?");
    const auto number = count.bind(print_state_name(state)).number();
    if (!number) return number.error();
    report.counts[static_cast<std::size_t>(state)] = *number;
  }
  auto query = (*database)->prepare(std::string(columns) + "ORDER BY changed_utc_ms DESC, id DESC LIMIT ?");
  auto jobs = jobs_of(query.bind(count_max));
  if (!jobs) return jobs.error();
  report.jobs = std::move(jobs).value();
  const auto hanging = (*database)->prepare("SELECT hanging FROM printer_paper").number();
  if (!hanging) return hanging.error();
  report.paper_hangs = *hanging != 0;
  return report;
}

}  // namespace bianmin::store

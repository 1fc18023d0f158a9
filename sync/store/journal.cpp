#include "sync/store/journal.hpp"

#include <fmt/format.h>

#include "sync/record/messages.hpp"
#include "sync/store/migrations.hpp"

namespace bianmin::store {

std::string_view record_state_name(RecordState state) {
  switch (state) {
    case RecordState::saved:
      return "saved";
    case RecordState::sent:
      return "sent";
    case RecordState::accepted:
      return "accepted";
    case RecordState::refused:
      return "refused";
  }
  return "saved";
}

RecordState record_state_of(std::string_view name) {
  for (const RecordState state : {RecordState::sent, RecordState::accepted, RecordState::refused}) {
    if (record_state_name(state) == name) return state;
  }
  return RecordState::saved;
}

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& path, const Identity& identity,
                                               const database::Options& options) {
  auto database = database::Database::open(path, migrations, options);
  if (!database) return database.error();
  std::unique_ptr<Journal> journal(new Journal(std::move(database).value(), identity));
  if (auto claimed = journal->claim(); !claimed) return claimed.error();
  return journal;
}

Result<void> Journal::claim() {
  const std::string owner =
      fmt::format("{} {} {}", identity_.terminal_id, identity_.epoch, identity_.enrolment_no);
  auto read = database_->prepare("SELECT value FROM meta WHERE key = 'owner'");
  auto row = read.step();
  if (!row) return row.error();
  if (!*row) {
    auto write = database_->prepare("INSERT OR IGNORE INTO meta VALUES ('owner', ?)");
    return write.bind(std::string_view(owner)).run();
  }
  if (read.text(0) == owner) return {};
  return Error{Remedy::refuse, "store.other_identity", "the journal belongs to " + read.text(0)};
}

Result<std::optional<CaseProgress>> Journal::find_case(std::string_view case_no) {
  auto query = database_->prepare(
      "SELECT state, envelope, receipt, acceptance_no, code FROM record WHERE case_no = ? AND kind = 1");
  auto row = query.bind(case_no).step();
  if (!row) return row.error();
  if (!*row) return std::optional<CaseProgress>();
  CaseProgress progress;
  progress.state = record_state_of(query.text(0));
  auto envelope = record::decode_envelope(query.bytes(1));
  if (!envelope) return Error{Remedy::call_staff, "store.corrupt", "an envelope cannot be read"};
  progress.created_utc_ms = envelope->created_utc_ms;
  progress.service_id = envelope->service_id;
  if (auto outer = record::decode_signed(query.bytes(2))) {
    if (auto receipt = record::decode_receipt(outer->body))
      progress.received_utc_ms = receipt->received_utc_ms;
  }
  progress.acceptance_no = query.text(3);
  progress.code = query.text(4);
  return std::optional<CaseProgress>(std::move(progress));
}

Result<Link> Journal::link() {
  auto query = database_->prepare("SELECT online, since_utc_ms, code FROM link");
  auto row = query.step();
  if (!row) return row.error();
  if (!*row) return Link{};
  return Link{query.integer(0) != 0, query.integer(1), query.text(2)};
}

Result<Backlog> Journal::backlog() {
  auto waiting = database_->prepare("SELECT count(*) FROM record WHERE state = 'saved'").number();
  if (!waiting) return waiting.error();
  auto refused = database_->prepare("SELECT count(*) FROM record WHERE state = 'refused'").number();
  if (!refused) return refused.error();
  return Backlog{*waiting, *refused};
}

}  // namespace bianmin::store

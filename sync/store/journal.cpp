#include "sync/store/journal.hpp"

#include <fmt/format.h>

#include "sync/record/case_no.hpp"
#include "sync/record/messages.hpp"
#include "sync/store/migrations.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::store {

namespace {
constexpr std::size_t counter_at = 7;  // in a case number, see record/case_no.hpp
constexpr std::size_t counter_digits = 6;
}  // namespace

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
  std::unique_ptr<Journal> journal(new Journal(std::move(database).value(), identity, path));
  if (auto claimed = journal->claim(); !claimed) return claimed.error();
  return journal;
}

Result<std::unique_ptr<Journal>> Journal::open_to_look(const std::filesystem::path& path, const char* vfs) {
  const database::Options options{.access = database::Access::read_only, .check_integrity = true, .vfs = vfs};
  auto database = database::Database::open(path, migrations, options);
  if (!database) return database.error();
  auto owner = (*database)->prepare("SELECT value FROM meta WHERE key = 'owner'");
  auto row = owner.step();
  if (!row) return row.error();
  Identity identity;
  if (*row) {
    const std::string value = owner.text(0);
    const auto words = split(value, ' ');
    const auto epoch = parse_number(words.size() == 3 ? words[1] : "", 1, INT64_MAX);
    const auto enrolment_no = parse_number(words.size() == 3 ? words[2] : "", 0, UINT32_MAX);
    if (!epoch || !enrolment_no) return Error{Remedy::call_staff, "store.corrupt", "whose journal is it?"};
    identity = {std::string(words[0]), static_cast<std::uint64_t>(*epoch),
                static_cast<std::uint32_t>(*enrolment_no)};
  }
  return std::unique_ptr<Journal>(new Journal(std::move(database).value(), std::move(identity), path));
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

// The counter in its number is that of its row, and never falls from row to row.
Result<std::uint64_t> Journal::seq_of_case(std::string_view case_no) {
  auto first = database_->prepare("SELECT min(seq) FROM record").number();
  if (!first) return first.error();
  auto last = database_->prepare("SELECT max(seq) FROM record").number();
  if (!last) return last.error();
  if (case_no.size() != record::case_no_digits || *first == 0) return 0;
  auto counter = parse_number(case_no.substr(counter_at, counter_digits), 0, INT64_MAX);
  if (!counter) return 0;
  while (*first < *last) {
    const std::int64_t middle = *first + (*last - *first) / 2;
    auto count = database_->prepare("SELECT case_count FROM record WHERE seq = ?").bind(middle).number();
    if (!count) return count.error();
    (*count < *counter ? *first : *last) = *count < *counter ? middle + 1 : middle;
  }
  auto found = database_->prepare("SELECT kind, case_no FROM record WHERE seq = ?");
  auto row = found.bind(*first).step();
  if (!row) return row.error();
  return *row && found.integer(0) == 1 && found.text(1) == case_no ? static_cast<std::uint64_t>(*first) : 0;
}

Result<std::optional<CaseProgress>> Journal::find_case(std::string_view case_no) {
  auto seq = seq_of_case(case_no);
  if (!seq) return seq.error();
  auto query = database_->prepare(
      "SELECT state, envelope, receipt, acceptance_no, code FROM record WHERE seq = ?1 UNION ALL SELECT "
      "state, "
      "envelope, receipt, '', code FROM salvaged WHERE case_no = ?2 AND kind = 1");
  auto row = query.bind(*seq).bind(case_no).step();
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
  const auto count =
      [&](const std::string& state) {  // in the text: that is what an index of some rows is for
        const std::string rows = " WHERE state = '" + state + "')";
        return database_
            ->prepare("SELECT (SELECT count(*) FROM record" + rows + " + (SELECT count(*) FROM salvaged" +
                      rows)
            .number();
      };
  auto waiting = count("saved");
  if (!waiting) return waiting.error();
  auto refused = count("refused");
  if (!refused) return refused.error();
  return Backlog{*waiting, *refused};
}

Result<std::optional<Replacement>> Journal::replacement() {
  const auto read = [&](std::string_view key) -> Result<std::string> {
    auto query = database_->prepare("SELECT value FROM meta WHERE key = ?");
    auto row = query.bind(key).step();
    if (!row) return row.error();
    return *row ? query.text(0) : std::string();
  };
  auto epoch = read("replaced_epoch");
  if (!epoch) return epoch.error();
  if (epoch->empty()) return std::optional<Replacement>();
  auto number = parse_number(*epoch, 0, INT64_MAX);
  if (!number) return number.error();
  auto reason = read("replaced_because");
  if (!reason) return reason.error();
  auto salvaged = database_->prepare("SELECT count(*) FROM salvaged").number();
  if (!salvaged) return salvaged.error();
  return std::optional(Replacement{static_cast<std::uint64_t>(*number), *reason, *salvaged});
}

Result<void> Journal::note_replacement(const Replacement& replacement) {
  auto write =
      database_->prepare("INSERT OR REPLACE INTO meta VALUES ('replaced_epoch', ?), ('replaced_because', ?)");
  const std::string epoch = std::to_string(replacement.epoch_before);
  return write.bind(std::string_view(epoch)).bind(std::string_view(replacement.reason)).run();
}

bool Journal::has_to_close() const {
  std::error_code unknown;
  return !wish_.empty() && std::filesystem::exists(wish_, unknown);
}

void Journal::hold(FileDescriptor lock, std::filesystem::path wish) {
  lock_ = std::move(lock);
  wish_ = std::move(wish);
}

}  // namespace bianmin::store

#include "sync/hub/filing.hpp"

namespace bianmin::hub {

Result<std::vector<Unfiled>> Filing::read(database::Statement query) {
  std::vector<Unfiled> records;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return records;
    records.push_back({query.text(0), query.unsigned_integer(1), query.unsigned_integer(2), query.integer(3),
                       record_id_of(query.bytes(4)), query.text(5)});
  }
}

int Filing::file_each(const std::vector<Unfiled>& records) {
  int filed_count = 0;
  for (const Unfiled& one : records) {
    if (file_one(one)) ++filed_count;
  }
  return filed_count;
}

Result<int> Filing::file_latest(std::string_view terminal_id) {
  auto query = database_.prepare(
      "SELECT terminal_id, epoch, seq, received_utc_ms, record_id, case_no FROM record WHERE filed = 0 AND "
      "code = '' AND terminal_id = ? ORDER BY received_utc_ms DESC, epoch DESC, seq DESC LIMIT ?");
  query.bind(terminal_id).bind(filing_latest);
  auto records = read(std::move(query));
  if (!records) return records.error();
  return file_each(*records);
}

Result<int> Filing::file_all() {
  int filed_count = 0;
  Unfiled last;
  for (;;) {
    auto query = database_.prepare(
        "SELECT terminal_id, epoch, seq, received_utc_ms, record_id, case_no FROM record WHERE filed = 0 AND "
        "code = '' AND (terminal_id, epoch, seq) > (?, ?, ?) ORDER BY terminal_id, epoch, seq LIMIT ?");
    query.bind(std::string_view(last.terminal_id)).bind(last.epoch).bind(last.seq).bind(filing_batch);
    auto records = read(std::move(query));
    if (!records) return records.error();
    if (records->empty()) return filed_count;
    filed_count += file_each(*records);
    last = std::move(records->back());
  }
}

Result<void> Filing::file_one(const Unfiled& one) {
  auto record = open_unfiled(database_, keys_, one);
  if (!record) return record.error();
  const auto outcome = department_.file(*record);
  if (outcome.verdict != departments::Verdict::accepted) {
    return Error{Remedy::retry_later, "hub.not_accepted", outcome.code};
  }
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  if (auto done = mark_filed(database_, one, record->kind, outcome.acceptance); !done) return done;
  return transaction->commit();
}

}  // namespace bianmin::hub

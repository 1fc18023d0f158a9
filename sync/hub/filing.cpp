#include "sync/hub/filing.hpp"

namespace bianmin::hub {

Result<std::vector<Unfiled>> Filing::next_batch(const Unfiled& after) {
  auto query = database_.prepare(
      "SELECT terminal_id, epoch, seq, received_utc_ms, record_id, case_no FROM record WHERE filed = 0 AND "
      "code = '' AND (terminal_id, epoch, seq) > (?, ?, ?) ORDER BY terminal_id, epoch, seq LIMIT ?");
  query.bind(std::string_view(after.terminal_id)).bind(after.epoch).bind(after.seq).bind(filing_batch);
  std::vector<Unfiled> records;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return records;
    records.push_back({query.text(0), query.unsigned_integer(1), query.unsigned_integer(2), query.integer(3),
                       record_id_of(query.bytes(4)), query.text(5)});
  }
}

Result<int> Filing::file_all() {
  failed_.clear();
  return file_new();
}

Result<int> Filing::file_new() {
  int filed_count = 0;
  Unfiled last;
  for (;;) {
    auto records = next_batch(last);
    if (!records) return records.error();
    if (records->empty()) return filed_count;
    last = records->back();
    std::erase_if(*records, [this](const Unfiled& one) {
      return failed_.contains({one.terminal_id, one.epoch, one.seq});
    });
    filed_count += file_batch(*records);
  }
}

// When the batch does not go through as a whole, each by itself.
int Filing::file_batch(const std::vector<Unfiled>& records) {
  if (records.empty()) return 0;
  if (file_together(records)) return static_cast<int>(records.size());
  int filed_count = 0;
  for (const Unfiled& one : records) {
    if (file_together({one})) {
      ++filed_count;
    } else if (failed_.size() < filing_failed_max) {
      failed_.insert({one.terminal_id, one.epoch, one.seq});
    }
  }
  return filed_count;
}

Result<void> Filing::file_together(const std::vector<Unfiled>& records) {
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  for (const Unfiled& one : records) {
    if (auto done = file_one(one); !done) return done;
  }
  return transaction->commit();
}

Result<void> Filing::file_one(const Unfiled& one) {
  auto record = open_unfiled(database_, opener_, one, "register");
  if (!record) return record.error();
  const auto outcome = department_.file(*record);
  if (outcome.verdict != departments::Verdict::accepted) {
    return Error{Remedy::retry_later, "hub.not_accepted", outcome.code};
  }
  return mark_filed(database_, one, record->kind, outcome.acceptance);
}

}  // namespace bianmin::hub

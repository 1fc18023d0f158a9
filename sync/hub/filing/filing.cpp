#include "sync/hub/filing/filing.hpp"

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
    auto filed = file_batch(*records);
    if (!filed) return filed;
    filed_count += *filed;
  }
}

// Opened before the database is locked. When the batch does not go through as a whole, each by itself.
Result<int> Filing::file_batch(const std::vector<Unfiled>& records) {
  std::vector<Opened> opened;
  for (const Unfiled& one : records) {
    auto record = open_unfiled(database_, opener_, one, "register");
    if (!record && record.error().remedy == Remedy::retry_later) return record.error();
    if (record) opened.push_back({&one, std::move(record).value()});
    if (!record) put_off(one);
  }
  if (opened.empty()) return 0;
  if (file_together(opened)) return static_cast<int>(opened.size());
  int filed_count = 0;
  for (const Opened& one : opened) {
    if (file_together({&one, 1})) {
      ++filed_count;
    } else {
      put_off(*one.from);
    }
  }
  return filed_count;
}

void Filing::put_off(const Unfiled& one) {
  if (failed_.size() < filing_failed_max) failed_.insert({one.terminal_id, one.epoch, one.seq});
}

Result<void> Filing::file_together(std::span<const Opened> records) {
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  for (const Opened& one : records) {
    if (auto done = file_one(one); !done) return done;
  }
  return transaction->commit();
}

Result<void> Filing::file_one(const Opened& one) {
  const auto outcome = department_.file(one.record);
  if (outcome.verdict != departments::Verdict::accepted) {
    return Error{Remedy::retry_later, "hub.not_accepted", outcome.code};
  }
  return mark_filed(database_, *one.from, one.record.kind, outcome.acceptance, "");
}

}  // namespace bianmin::hub

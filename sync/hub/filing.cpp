#include "sync/hub/filing.hpp"

#include <algorithm>

#include "sync/record/messages.hpp"

namespace bianmin::hub {

Result<std::vector<Filing::Unfiled>> Filing::find(std::string_view condition, std::int64_t row_id,
                                                  int count_max) {
  auto query = database_.prepare(
      "SELECT rowid, record_id, case_no, payload FROM record WHERE filed = 0 AND code = '' AND " +
      std::string(condition) + " LIMIT ?");
  query.bind(row_id).bind(count_max);
  std::vector<Unfiled> records;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return records;
    Unfiled one{query.integer(0), {}, query.text(2), query.bytes(3)};
    const Bytes id = query.bytes(1);
    std::copy_n(id.begin(), std::min(id.size(), one.id.size()), one.id.begin());
    records.push_back(std::move(one));
  }
}

int Filing::file_each(const std::vector<Unfiled>& records) {
  int filed_count = 0;
  for (const Unfiled& one : records) {
    if (file_one(one)) ++filed_count;
  }
  return filed_count;
}

Result<int> Filing::file_latest() {
  auto records = find("rowid < ? ORDER BY rowid DESC", INT64_MAX, filing_latest);
  if (!records) return records.error();
  return file_each(*records);
}

Result<int> Filing::file_all() {
  int filed_count = 0;
  std::int64_t after_row_id = 0;
  for (;;) {
    auto records = find("rowid > ? ORDER BY rowid", after_row_id, filing_batch);
    if (!records) return records.error();
    if (records->empty()) return filed_count;
    filed_count += file_each(*records);
    after_row_id = records->back().row_id;
  }
}

Result<void> Filing::file_one(const Unfiled& one) {
  auto opened = keys_.open(seal::Purpose::record, one.id, one.payload);
  if (!opened) return opened.error();
  auto record = record::decode_case_record(opened->plain);
  if (!record) return record.error();
  record->case_no = one.case_no;  // another than the sealed one when two cases had the same (Ingest::release)
  auto acceptance = department_.file(*record);
  if (!acceptance) return acceptance.error();
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  auto filed = database_.prepare("UPDATE record SET filed = 1 WHERE rowid = ?");
  if (auto done = filed.bind(one.row_id).run(); !done) return done;
  if (record->kind == record::RecordKind::service_case) {
    auto accepted = database_.prepare(
        "UPDATE case_file SET accepted_utc_ms = ?, acceptance_no = ? WHERE case_no = ? AND accepted_utc_ms = "
        "0");
    accepted.bind(acceptance->accepted_utc_ms).bind(std::string_view(acceptance->number));
    if (auto done = accepted.bind(std::string_view(record->case_no)).run(); !done) return done;
  }
  return transaction->commit();
}

}  // namespace bianmin::hub

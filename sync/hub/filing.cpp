#include "sync/hub/filing.hpp"

#include <algorithm>

#include "sync/record/messages.hpp"

namespace bianmin::hub {

Result<std::vector<Filing::Unfiled>> Filing::read(database::Statement query) {
  std::vector<Unfiled> records;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return records;
    Unfiled one{query.text(0), query.unsigned_integer(1), query.unsigned_integer(2), query.integer(3), {},
                query.text(5)};
    const Bytes id = query.bytes(4);
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

Result<record::CaseRecord> Filing::open(const Unfiled& one) {
  auto query = database_.prepare(
      "SELECT payload FROM payload WHERE received_utc_ms = ? AND terminal_id = ? AND epoch = ? AND seq = ?");
  query.bind(one.received_utc_ms).bind(std::string_view(one.terminal_id)).bind(one.epoch).bind(one.seq);
  auto row = query.step();
  if (!row) return row.error();
  if (!*row) return Error{Remedy::call_staff, "hub.payload_missing", one.terminal_id};
  auto opened = keys_.open(seal::Purpose::record, one.id, query.bytes(0));
  if (!opened) return opened.error();
  auto record = record::decode_case_record(opened->plain);
  if (!record) return record;
  record->case_no = one.case_no;  // another than the sealed one when two cases had the same (Ingest::release)
  return record;
}

Result<void> Filing::file_one(const Unfiled& one) {
  auto record = open(one);
  if (!record) return record.error();
  auto acceptance = department_.file(*record);
  if (!acceptance) return acceptance.error();
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  auto filed =
      database_.prepare("UPDATE record SET filed = 1 WHERE terminal_id = ? AND epoch = ? AND seq = ?");
  filed.bind(std::string_view(one.terminal_id)).bind(one.epoch);
  if (auto done = filed.bind(one.seq).run(); !done) return done;
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

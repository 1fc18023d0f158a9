#include "sync/hub/filing.hpp"

#include <algorithm>

#include "sync/record/messages.hpp"
#include "sync/seal/hpke.hpp"

namespace bianmin::hub {

namespace {

struct Unfiled {
  std::int64_t row_id;
  record::RecordId id;
  Bytes payload;
};

Result<std::vector<Unfiled>> find_unfiled(database::Database& database) {
  auto query = database.prepare(
      "SELECT rowid, record_id, payload FROM record WHERE filed = 0 AND code = '' ORDER BY received_utc_ms "
      "LIMIT ?");
  query.bind(filing_batch);
  std::vector<Unfiled> all;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return all;
    Unfiled one{query.integer(0), {}, query.bytes(2)};
    const Bytes id = query.bytes(1);
    std::copy_n(id.begin(), std::min(id.size(), one.id.size()), one.id.begin());
    all.push_back(std::move(one));
  }
}

}  // namespace

Result<int> Filing::file_new() {
  auto unfiled = find_unfiled(database_);
  if (!unfiled) return unfiled.error();
  int filed_count = 0;
  for (const Unfiled& one : *unfiled) {
    if (file_one(one.row_id, one.id, one.payload)) ++filed_count;
  }
  return filed_count;
}

Result<void> Filing::file_one(std::int64_t row_id, const record::RecordId& id, ByteView payload) {
  auto plain = seal::open_with(keys_.seal_key, record::seal_info_record, id, payload);
  if (!plain) return plain.error();
  auto record = record::decode_case_record(*plain);
  if (!record) return record.error();
  auto acceptance = department_.file(*record);
  if (!acceptance) return acceptance.error();
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  auto filed = database_.prepare("UPDATE record SET filed = 1 WHERE rowid = ?");
  if (auto done = filed.bind(row_id).run(); !done) return done;
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

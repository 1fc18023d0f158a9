#include "sync/hub/filing/plain_rows.hpp"

#include <utility>

#include "sync/hub/filing/unfiled.hpp"

namespace bianmin::hub {

namespace {

struct PlainRow {
  Bytes key;
  std::string case_no;
  Bytes plain;
};

Result<std::int64_t> seal_entries(database::Database& database, const custody::Sealer& sealer) {
  auto transaction = database::Transaction::begin(database);
  if (!transaction) return transaction.error();
  std::vector<PlainRow> rows;
  {
    auto query = database.prepare(
        "SELECT record_id, record FROM department_entry WHERE sealed = 0 ORDER BY entry_no LIMIT ?");
    query.bind(plain_rows_batch);
    for (;;) {
      auto row = query.step();
      if (!row) return row.error();
      if (!*row) break;
      rows.push_back({query.bytes(0), {}, query.bytes(1)});
    }
  }
  for (const PlainRow& one : rows) {
    auto sealed = sealer.seal(seal::Purpose::record, one.key, one.plain);
    if (!sealed) return sealed.error();
    auto update = database.prepare(
        "UPDATE department_entry SET record = ?, sealed = 1 WHERE record_id = ? AND sealed = 0");
    if (auto done = update.bind(ByteView(*sealed)).bind(ByteView(one.key)).run(); !done) return done.error();
  }
  if (auto done = transaction->commit(); !done) return done.error();
  return static_cast<std::int64_t>(rows.size());
}

Result<std::int64_t> seal_certificates(database::Database& database, const custody::Sealer& sealer) {
  auto transaction = database::Transaction::begin(database);
  if (!transaction) return transaction.error();
  std::vector<PlainRow> rows;
  {
    auto query =
        database.prepare("SELECT case_no, bytes FROM certificate WHERE sealed = 0 ORDER BY case_no LIMIT ?");
    query.bind(plain_rows_batch);
    for (;;) {
      auto row = query.step();
      if (!row) return row.error();
      if (!*row) break;
      rows.push_back({{}, query.text(0), query.bytes(1)});
    }
  }
  for (const PlainRow& one : rows) {
    auto sealed = sealer.seal(seal::Purpose::certificate, view_of(one.case_no), one.plain);
    if (!sealed) return sealed.error();
    auto update =
        database.prepare("UPDATE certificate SET bytes = ?, sealed = 1 WHERE case_no = ? AND sealed = 0");
    if (auto done = update.bind(ByteView(*sealed)).bind(std::string_view(one.case_no)).run(); !done) {
      return done.error();
    }
  }
  if (auto done = transaction->commit(); !done) return done.error();
  return static_cast<std::int64_t>(rows.size());
}

Result<void> forget_plain(database::Database& database) {
  if (database.on_server()) {
    if (auto done = database.execute("VACUUM FULL department_entry"); !done) return done;
    return database.execute("VACUUM FULL certificate");
  }
  return database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace

Result<std::int64_t> seal_plain_rows(database::Database& database, const custody::Sealer& sealer) {
  if (!database.on_server()) {
    if (auto done = database.execute("PRAGMA secure_delete=ON"); !done) return done.error();
  }
  std::int64_t count = 0;
  for (const auto step : {seal_entries, seal_certificates}) {
    for (std::int64_t some = 1; some > 0; count += some) {
      auto done = step(database, sealer);
      if (!done) return done;
      some = *done;
    }
  }
  if (count == 0) return count;
  if (auto done = forget_plain(database); !done) return done.error();
  return count;
}

}  // namespace bianmin::hub

#include "sync/hub/filing/plain_rows.hpp"

#include <utility>

#include "sync/hub/filing/unfiled.hpp"

namespace bianmin::hub {

namespace {

struct PlainRow {
  Bytes key;
  Bytes plain;
};

struct EarlierCertificate {
  std::string case_no;
  Bytes bytes;
  bool sealed = false;
  Bytes token_digest;
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
      rows.push_back({query.bytes(0), query.bytes(1)});
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

Result<std::vector<EarlierCertificate>> find_earlier(database::Database& database, std::string_view after) {
  auto query = database.prepare(
      "SELECT c.case_no, c.bytes, c.sealed, f.token_digest FROM certificate c LEFT JOIN case_file f ON "
      "f.case_no = c.case_no WHERE c.sealed < 2 AND c.case_no > ? ORDER BY c.case_no LIMIT ?");
  query.bind(after).bind(earlier_certificates_batch);
  std::vector<EarlierCertificate> found;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return found;
    found.push_back({query.text(0), query.bytes(1), query.integer(2) == 1, query.bytes(3)});
  }
}

Result<SecretBytes> plain_of(const EarlierCertificate& one, custody::RecordOpener& opener) {
  if (!one.sealed) return SecretBytes(one.bytes.begin(), one.bytes.end());
  return opener.open_certificate(custody::certificate_aad(one.case_no, {}), one.bytes, {"seal_again", "hub"});
}

// Opened and sealed before the database is locked. One that nobody can open stays as it is, and is handed out
// to nobody.
Result<std::int64_t> seal_certificates(database::Database& database, const custody::Sealer& sealer,
                                       custody::RecordOpener& opener) {
  std::int64_t count = 0;
  std::string last;
  for (;;) {
    auto rows = find_earlier(database, last);
    if (!rows) return rows.error();
    if (rows->empty()) return count;
    last = rows->back().case_no;
    std::vector<std::pair<const EarlierCertificate*, Bytes>> resealed;
    for (const EarlierCertificate& one : *rows) {
      const auto plain = plain_of(one, opener);
      if (!plain && plain.error().remedy == Remedy::retry_later) return plain.error();
      if (!plain) continue;
      auto sealed = sealer.seal(seal::Purpose::certificate,
                                custody::certificate_aad(one.case_no, one.token_digest), *plain);
      if (!sealed) return sealed.error();
      resealed.emplace_back(&one, std::move(sealed).value());
    }
    auto transaction = database::Transaction::begin(database);
    if (!transaction) return transaction.error();
    for (const auto& [one, sealed] : resealed) {
      auto update = database.prepare(
          "UPDATE certificate SET bytes = ?, sealed = 2 WHERE case_no = ? AND sealed = ? AND bytes = ?");
      update.bind(ByteView(sealed)).bind(std::string_view(one->case_no)).bind(one->sealed ? 1 : 0);
      if (auto done = update.bind(ByteView(one->bytes)).run(); !done) return done.error();
      count += database.changes();
    }
    if (auto done = transaction->commit(); !done) return done.error();
  }
}

Result<void> forget_plain(database::Database& database) {
  if (database.on_server()) {
    if (auto done = database.execute("VACUUM FULL department_entry"); !done) return done;
    return database.execute("VACUUM FULL certificate");
  }
  return database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace

Result<std::int64_t> seal_plain_rows(database::Database& database, const custody::Sealer& sealer,
                                     custody::RecordOpener& opener) {
  if (!database.on_server()) {
    if (auto done = database.execute("PRAGMA secure_delete=ON"); !done) return done.error();
  }
  std::int64_t count = 0;
  for (std::int64_t some = 1; some > 0; count += some) {
    auto done = seal_entries(database, sealer);
    if (!done) return done;
    some = *done;
  }
  auto certificates = seal_certificates(database, sealer, opener);
  if (!certificates) return certificates;
  count += *certificates;
  if (count == 0) return count;
  if (auto done = forget_plain(database); !done) return done.error();
  return count;
}

}  // namespace bianmin::hub

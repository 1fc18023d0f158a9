#include "sync/hub/filing/case_news.hpp"

#include "sync/hub/filing/bad_news.hpp"

namespace bianmin::hub {

// The cursor when it is this hub's turn, else nothing.
Result<std::optional<std::string>> CaseNewsDesk::take_turn(std::string_view name, std::int64_t interval_ms) {
  const std::int64_t now_utc_ms = clock_.utc_ms();
  auto query =
      database_.prepare("SELECT cursor, next_try_utc_ms FROM department_cursor WHERE department = ?");
  auto row = query.bind(name).step();
  if (!row) return row.error();
  if (!*row) {
    auto insert =
        database_.prepare("INSERT INTO department_cursor (department) VALUES (?) ON CONFLICT DO NOTHING");
    if (auto done = insert.bind(name).run(); !done) return done.error();
    return std::optional<std::string>();
  }
  if (query.integer(1) > now_utc_ms) return std::optional<std::string>();
  std::string cursor = query.text(0);
  auto update = database_.prepare(
      "UPDATE department_cursor SET next_try_utc_ms = ? WHERE department = ? AND cursor = ? AND "
      "next_try_utc_ms = ?");
  update.bind(now_utc_ms + interval_ms).bind(name).bind(std::string_view(cursor)).bind(query.integer(1));
  if (auto done = update.run(); !done) return done.error();
  return database_.changes() == 1 ? std::optional(std::move(cursor)) : std::nullopt;
}

Result<bool> CaseNewsDesk::ask(departments::Department& department, std::string_view name,
                               std::int64_t interval_ms) {
  auto cursor = take_turn(name, interval_ms);
  if (!cursor) return cursor.error();
  if (!*cursor) return false;
  auto page = department.news(**cursor);
  if (!page) return false;
  if (!*page) return page->error();
  const departments::NewsPage& told = **page;
  if (told.news.empty() && told.bad.empty() && told.next == **cursor) return false;
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  for (const auto& news : told.news) {
    if (auto kept = keep(name, news); !kept) return kept.error();
  }
  for (const auto& bad : told.bad) {
    if (auto buried = bury(database_, clock_.utc_ms(), name, bad); !buried) return buried.error();
  }
  const bool more = told.next != **cursor;
  auto update = database_.prepare(
      "UPDATE department_cursor SET cursor = ?, next_try_utc_ms = ? WHERE department = ? AND cursor = ?");
  update.bind(std::string_view(told.next)).bind(clock_.utc_ms() + (more ? 0 : interval_ms)).bind(name);
  if (auto done = update.bind(std::string_view(**cursor)).run(); !done) return done.error();
  if (auto done = transaction->commit(); !done) return done.error();
  return more;
}

Result<void> CaseNewsDesk::keep(std::string_view department, const departments::CaseNews& news) {
  auto own = database_.prepare("SELECT token_digest FROM case_file WHERE case_no = ? AND department = ?");
  auto row = own.bind(std::string_view(news.case_no)).bind(department).step();
  if (!row) return row.error();
  if (!*row) return {};
  const Bytes aad = custody::certificate_aad(news.case_no, own.bytes(0));
  auto state = database_.prepare(
      "UPDATE case_file SET department_state = ?, department_utc_ms = ? WHERE case_no = ? AND "
      "department_utc_ms <= ?");
  state.bind(std::string_view(news.state)).bind(news.utc_ms).bind(std::string_view(news.case_no));
  if (auto done = state.bind(news.utc_ms).run(); !done) return done;
  if (!news.certificate) return {};
  auto sealed = sealer_.seal(seal::Purpose::certificate, aad, *news.certificate);
  if (!sealed) return sealed.error();
  auto certificate = database_.prepare(
      "INSERT INTO certificate (case_no, department, received_utc_ms, bytes, sealed) VALUES (?, ?, ?, ?, 2) "
      "ON CONFLICT "
      "(case_no) "
      "DO UPDATE SET department = excluded.department, received_utc_ms = excluded.received_utc_ms, bytes = "
      "excluded.bytes, sealed = 2");
  certificate.bind(std::string_view(news.case_no)).bind(department).bind(clock_.utc_ms());
  return certificate.bind(ByteView(*sealed)).run();
}

Result<SecretBytes> find_certificate(database::Database& database, custody::RecordOpener& opener,
                                     const custody::Reason& reason, std::string_view case_no) {
  auto query = database.prepare(
      "SELECT c.bytes, c.sealed, f.token_digest FROM certificate c LEFT JOIN case_file f ON f.case_no = "
      "c.case_no WHERE c.case_no = ?");
  auto row = query.bind(case_no).step();
  if (!row) return row.error();
  if (!*row) return Error{Remedy::refuse, "hub.no_certificate", std::string(case_no)};
  const Bytes bytes = query.bytes(0);
  const auto sealed = query.integer(1);
  if (sealed == 0) return SecretBytes(bytes.begin(), bytes.end());
  const Bytes aad = custody::certificate_aad(case_no, sealed == 1 ? Bytes() : query.bytes(2));
  return opener.open_certificate(aad, bytes, reason);
}

}  // namespace bianmin::hub

#include "sync/hub/filing/bad_news.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sync/hub/filing/filing_queue.hpp"

namespace bianmin::hub {

Result<void> bury(database::Database& database, std::int64_t now_utc_ms, std::string_view department,
                  const departments::BadNews& news) {
  auto count =
      database.prepare("SELECT count(*) FROM bad_news WHERE department = ?").bind(department).number();
  if (!count) return count.error();
  if (*count < bad_news_max) {
    auto insert = database.prepare(
        "INSERT INTO bad_news (department, digest, case_no, code, received_utc_ms) VALUES (?, ?, ?, ?, ?) ON "
        "CONFLICT DO NOTHING");
    insert.bind(department).bind(ByteView(news.digest)).bind(std::string_view(news.case_no));
    if (auto done = insert.bind(std::string_view(news.code)).bind(now_utc_ms).run(); !done) return done;
    if (database.changes() == 0) return {};
  }
  return note_event(database, now_utc_ms, {department_subject(department)}, "departments.bad_state",
                    fmt::format("entry {}: {}", to_hex(news.digest), news.code));
}

Result<std::vector<BadNewsLetter>> list_bad_news(database::Database& database) {
  auto query = database.prepare(
      "SELECT department, digest, case_no, code, received_utc_ms FROM bad_news ORDER BY received_utc_ms, "
      "department, digest LIMIT ?");
  query.bind(filing_listed_max);
  std::vector<BadNewsLetter> letters;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return letters;
    BadNewsLetter letter{query.text(0), {}, query.text(2), query.text(3), query.integer(4)};
    const Bytes digest = query.bytes(1);
    std::copy_n(digest.begin(), std::min(digest.size(), letter.digest.size()), letter.digest.begin());
    letters.push_back(std::move(letter));
  }
}

Result<void> close_bad_news(database::Database& database, const Clock& clock, const record::Digest& digest,
                            std::string_view by, std::string_view reason) {
  if (by.empty() || reason.empty())
    return Error{Remedy::refuse, "hub.close_unsigned", "who closes it, and why?"};
  auto transaction = database::Transaction::begin(database);
  if (!transaction) return transaction.error();
  auto find = database.prepare("SELECT department FROM bad_news WHERE digest = ?");
  auto row = find.bind(ByteView(digest)).step();
  if (!row) return row.error();
  if (!*row) return Error{Remedy::refuse, "hub.no_dead_letter", to_hex(digest)};
  const std::string department = find.text(0);
  auto gone = database.prepare("DELETE FROM bad_news WHERE digest = ?");
  if (auto done = gone.bind(ByteView(digest)).run(); !done) return done;
  const auto told = fmt::format("entry {} by {}: {}", to_hex(digest), by, reason);
  auto noted =
      note_event(database, clock.utc_ms(), {department_subject(department)}, "departments.closed", told);
  if (!noted) return noted;
  return transaction->commit();
}

}  // namespace bianmin::hub

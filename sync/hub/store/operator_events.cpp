#include "sync/hub/store/operator_events.hpp"

namespace bianmin::hub {

std::string department_subject(std::string_view department) {
  return "department:" + std::string(department);
}

Result<void> note_event(database::Database& database, std::int64_t now_utc_ms, const EventSubject& of,
                        std::string_view kind, std::string_view detail) {
  auto again = database.prepare(
      "UPDATE operator_event SET count = count + 1, last_utc_ms = ?1 WHERE terminal_id = ?2 AND epoch = ?3 "
      "AND kind = ?4 AND utc_ms > ?1 - ?5");
  again.bind(now_utc_ms).bind(of.terminal_id).bind(of.epoch).bind(kind).bind(event_window_ms);
  if (auto done = again.run(); !done) return done;
  if (database.changes() > 0) return {};
  auto insert = database.prepare(
      "INSERT INTO operator_event (utc_ms, last_utc_ms, terminal_id, epoch, kind, detail) VALUES (?1, ?1, "
      "?2, "
      "?3, ?4, ?5)");
  return insert.bind(now_utc_ms).bind(of.terminal_id).bind(of.epoch).bind(kind).bind(detail).run();
}

Result<std::vector<OperatorEvent>> list_events(database::Database& database, std::int64_t after_id) {
  auto query = database.prepare(
      "SELECT id, utc_ms, last_utc_ms, count, terminal_id, epoch, kind, detail FROM operator_event WHERE id "
      "> ? "
      "ORDER BY id LIMIT ?");
  query.bind(after_id).bind(events_listed_max);
  std::vector<OperatorEvent> events;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return events;
    events.push_back({query.integer(0), query.integer(1), query.integer(2), query.integer(3), query.text(4),
                      query.unsigned_integer(5), query.text(6), query.text(7)});
  }
}

Json to_json(const OperatorEvent& event) {
  return Json{{"id", event.id},       {"utc_ms", event.utc_ms},        {"last_utc_ms", event.last_utc_ms},
              {"count", event.count}, {"terminal", event.terminal_id}, {"epoch", event.epoch},
              {"kind", event.kind},   {"detail", event.detail}};
}

}  // namespace bianmin::hub

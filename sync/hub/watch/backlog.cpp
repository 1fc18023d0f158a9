#include "sync/hub/watch/backlog.hpp"

#include <algorithm>

#include "sync/hub/store/operator_events.hpp"

namespace bianmin::hub {

namespace {

Result<std::vector<DepartmentBacklog>> read_departments(database::Database& database) {
  auto query = database.prepare(
      "SELECT department, count(CASE WHEN state = 'waiting' THEN 1 END), count(CASE WHEN state = 'dead' THEN "
      "1 END), min(CASE WHEN state = 'waiting' THEN received_utc_ms END) FROM (SELECT department, state, "
      "received_utc_ms FROM filing WHERE state = 'waiting' OR state = 'dead' ORDER BY received_utc_ms LIMIT "
      "?) AS oldest GROUP BY department ORDER BY department");
  query.bind(counted_max);
  std::vector<DepartmentBacklog> out;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back(
        {query.text(0), query.integer(1), query.integer(2), query.is_null(3) ? 0 : query.integer(3)});
  }
}

Result<std::vector<std::pair<std::string, std::int64_t>>> read_events(database::Database& database,
                                                                      std::int64_t since_utc_ms) {
  auto query = database.prepare(
      "SELECT kind, count(*) FROM (SELECT kind, last_utc_ms FROM operator_event ORDER BY id DESC LIMIT ?) AS "
      "newest WHERE last_utc_ms >= ? GROUP BY kind ORDER BY kind");
  query.bind(counted_max).bind(since_utc_ms);
  std::vector<std::pair<std::string, std::int64_t>> out;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return out;
    out.emplace_back(query.text(0), query.integer(1));
  }
}

}  // namespace

Result<Backlog> read_backlog(database::Database& database, std::int64_t now_utc_ms) {
  Backlog backlog;
  auto departments = read_departments(database);
  if (!departments) return departments.error();
  backlog.departments = std::move(departments).value();
  auto gaps = database.prepare("SELECT count(*) FROM (SELECT 1 FROM gap LIMIT ?) AS found")
                  .bind(counted_max)
                  .number();
  if (!gaps) return gaps.error();
  backlog.gaps = *gaps;
  auto events = read_events(database, now_utc_ms - event_window_ms);
  if (!events) return events.error();
  backlog.events = std::move(events).value();
  return backlog;
}

void show_backlog(const Backlog& backlog, std::int64_t now_utc_ms, Metrics& metrics) {
  for (const auto* family : {&metric::filing_waiting, &metric::filing_dead, &metric::filing_oldest_seconds,
                             &metric::gaps, &metric::events}) {
    metrics.clear(*family);
  }
  for (const auto& one : backlog.departments) {
    metrics.set(metric::filing_waiting, {one.department}, static_cast<double>(one.waiting));
    metrics.set(metric::filing_dead, {one.department}, static_cast<double>(one.dead));
    const std::int64_t age_ms = one.oldest_waiting_utc_ms == 0
                                    ? 0
                                    : std::max<std::int64_t>(0, now_utc_ms - one.oldest_waiting_utc_ms);
    metrics.set(metric::filing_oldest_seconds, {one.department}, static_cast<double>(age_ms) / 1000);
  }
  metrics.set(metric::gaps, {}, static_cast<double>(backlog.gaps));
  for (const auto& [kind, count] : backlog.events) {
    metrics.set(metric::events, {kind}, static_cast<double>(count));
  }
}

}  // namespace bianmin::hub

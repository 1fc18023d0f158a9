#include "sync/hub/store/payload_parts.hpp"

#include <fmt/format.h>

#include <vector>

#include "terminal/base/config.hpp"

namespace bianmin::hub {

namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::string_view part_prefix = "payload_";
constexpr std::int64_t day_max = 1'000'000;
constexpr int parts_max = 10'000;

std::string part_of(std::int64_t day) { return fmt::format("{}{}", part_prefix, day); }  // days since 1970

Result<bool> part_exists(database::Database& database, std::int64_t day) {
  auto query =
      database.prepare("SELECT 1 FROM pg_tables WHERE tablename = ? AND schemaname = current_schema()");
  return query.bind(std::string_view(part_of(day))).step();
}

// Attached, and not made as a part: that would wait for, and hold up, everybody who reads the table.
Result<void> make_part(database::Database& database, std::int64_t day) {
  return database.execute(
      fmt::format("CREATE TABLE {0} (LIKE payload INCLUDING ALL); "
                  "ALTER TABLE payload ATTACH PARTITION {0} FOR VALUES FROM ({1}) TO ({2})",
                  part_of(day), day * day_ms, (day + 1) * day_ms));
}

Result<std::vector<std::int64_t>> days_with_a_part(database::Database& database) {
  auto query = database.prepare(
      "SELECT tablename FROM pg_tables WHERE tablename LIKE 'payload!_%' ESCAPE '!' AND schemaname = "
      "current_schema() LIMIT ?");
  query.bind(parts_max);
  std::vector<std::int64_t> days;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return days;
    const auto day = parse_number(query.text(0).substr(part_prefix.size()), 0, day_max);
    if (day) days.push_back(*day);
  }
}

Result<bool> is_attached(database::Database& database, std::int64_t day) {
  auto query = database.prepare(
      "SELECT 1 FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = "
      "i.inhparent "
      "WHERE p.relname = 'payload' AND c.relname = ? AND pg_table_is_visible(p.oid)");
  return query.bind(std::string_view(part_of(day))).step();
}

Result<void> drop_part(database::Database& database, std::int64_t day) {
  auto attached = is_attached(database, day);
  if (!attached) return attached.error();
  const auto detach = fmt::format("ALTER TABLE payload DETACH PARTITION {}", part_of(day));
  if (*attached) {  // an interrupted one has to be finished, and is none of the first kind
    auto done = database.execute(detach + " CONCURRENTLY");
    if (!done) done = database.execute(detach + " FINALIZE");
    if (!done) return done;
  }
  return database.execute("DROP TABLE " + part_of(day));
}

}  // namespace

Result<void> drop_payloads(database::Database& database, std::int64_t before_utc_ms) {
  const std::int64_t end_day = before_utc_ms / day_ms;
  auto unfiled =
      database.prepare("SELECT count(*) FROM record WHERE filed = 0 AND code = '' AND received_utc_ms < ?");
  auto count = unfiled.bind(end_day * day_ms).number();
  if (!count) return count.error();
  if (*count != 0) {
    return Error{Remedy::refuse, "hub.unfiled", fmt::format("{} records have no department yet", *count)};
  }
  auto queued = database.prepare(
      "SELECT count(*) FROM filing WHERE (state = 'waiting' OR state = 'dead') AND received_utc_ms < ?");
  count = queued.bind(end_day * day_ms).number();
  if (!count) return count.error();
  if (*count != 0) {
    return Error{Remedy::refuse, "hub.unfiled",
                 fmt::format("{} records wait for a department or are dead letters", *count)};
  }
  if (!database.on_server()) {
    return database.prepare("DELETE FROM payload WHERE received_utc_ms < ?").bind(end_day * day_ms).run();
  }
  auto days = days_with_a_part(database);
  if (!days) return days.error();
  for (const std::int64_t day : *days) {
    if (day >= end_day) continue;
    if (auto done = drop_part(database, day); !done) return done;
  }
  return {};
}

Result<void> prepare_payload_parts(database::Database& database, std::int64_t now_utc_ms) {
  if (!database.on_server()) return {};
  const std::int64_t today = now_utc_ms / day_ms;
  const std::int64_t last = today + parts_ahead_days;
  bool missing = false;
  Result<bool> there = false;
  for (const std::int64_t day : {today, last}) {
    there = part_exists(database, day);
    if (!there) return there.error();
    missing |= !*there;
  }
  if (!missing) return {};
  auto transaction = database::Transaction::begin(database);
  if (!transaction) return transaction.error();
  auto alone = database.prepare_locking("SELECT version FROM schema_version WHERE id = 1").number();
  if (!alone) return alone.error();
  for (std::int64_t day = today - 1; day <= last; ++day) {
    there = part_exists(database, day);
    if (!there) return there.error();
    if (*there) continue;
    if (auto made = make_part(database, day); !made) return made;
  }
  return transaction->commit();
}

}  // namespace bianmin::hub

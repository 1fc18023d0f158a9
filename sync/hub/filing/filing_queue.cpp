#include "sync/hub/filing/filing_queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sync/http/backoff.hpp"
#include "sync/hub/store/many_rows.hpp"
#include "sync/hub/store/operator_events.hpp"

namespace bianmin::hub {

namespace {

// By the key that `known_record` has for it: there is no other way to find a record by its id.
constexpr std::string_view is_record =
    "(terminal_id, epoch, seq) IN (SELECT terminal_id, epoch, seq FROM known_record WHERE record_id = ?)";

database::Statement& bind_key(database::Statement& statement, const Unfiled& record) {
  return statement.bind(std::string_view(record.terminal_id)).bind(record.epoch).bind(record.seq);
}

}  // namespace

std::int64_t filing_pause_ms(std::int64_t attempts, std::uint32_t random) {
  std::int64_t step_ms = filing_pause_first_ms;
  for (std::int64_t count = 1; count < attempts && step_ms < filing_pause_most_ms; ++count) step_ms *= 2;
  return http::spread_ms(std::min(step_ms, filing_pause_most_ms), random);
}

Result<void> FilingQueue::enqueue(std::span<const NewFiling> records) {
  auto inserted = insert_rows<NewFiling>(
      database_,
      "INSERT INTO filing (terminal_id, epoch, seq, record_id, case_no, service_id, department, "
      "received_utc_ms, next_try_utc_ms, changed_utc_ms)",
      10, records, [](database::Statement& row, const NewFiling& one) {
        bind_key(row, one.record).bind(ByteView(one.record.id)).bind(std::string_view(one.record.case_no));
        row.bind(std::string_view(one.service_id)).bind(std::string_view(one.department));
        for (int stamp = 0; stamp < 3; ++stamp) row.bind(one.record.received_utc_ms);
      });
  if (!inserted) return inserted.error();
  if (*inserted == static_cast<std::int64_t>(records.size())) return {};
  return Error{Remedy::retry_later, "store.busy", "another hub was quicker"};
}

Result<std::optional<Queued>> FilingQueue::claim(std::string_view department, std::string_view lease,
                                                 std::int64_t lease_ms) {
  const std::int64_t now_utc_ms = clock_.utc_ms();
  auto query = database_.prepare(
      "SELECT terminal_id, epoch, seq, received_utc_ms, record_id, case_no, attempts, lease FROM filing "
      "WHERE "
      "department = ? AND state = 'waiting' AND next_try_utc_ms <= ? ORDER BY next_try_utc_ms, terminal_id, "
      "epoch, "
      "seq LIMIT ?");
  query.bind(department).bind(now_utc_ms).bind(claim_candidates);
  std::vector<Queued> seen;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) break;
    seen.push_back({{query.text(0), query.unsigned_integer(1), query.unsigned_integer(2), query.integer(3),
                     record_id_of(query.bytes(4)), query.text(5)},
                    std::string(department),
                    query.integer(6),
                    query.text(7)});
  }
  for (Queued& one : seen) {
    auto update = database_.prepare(
        "UPDATE filing SET lease = ?, next_try_utc_ms = ? WHERE terminal_id = ? AND epoch = ? AND seq = ? "
        "AND state = "
        "'waiting' AND lease = ? AND next_try_utc_ms <= ?");
    update.bind(lease).bind(now_utc_ms + lease_ms);
    bind_key(update, one.record).bind(std::string_view(one.lease)).bind(now_utc_ms);
    if (auto done = update.run(); !done) return done.error();
    if (database_.changes() == 0) continue;  // another hub was quicker
    one.lease = lease;
    return std::optional(std::move(one));
  }
  return std::optional<Queued>();
}

Result<void> FilingQueue::accepted(const Queued& one, record::RecordKind kind,
                                   const departments::Acceptance& acceptance) {
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  auto update = database_.prepare(
      "UPDATE filing SET state = 'filed', lease = '', code = '', detail = '', changed_utc_ms = ? WHERE "
      "terminal_id = ? "
      "AND epoch = ? AND seq = ?");
  update.bind(clock_.utc_ms());
  if (auto done = bind_key(update, one.record).run(); !done) return done;
  if (auto done = mark_filed(database_, one.record, kind, acceptance, one.department); !done) return done;
  return transaction->commit();
}

Result<void> FilingQueue::failed(const Queued& one, std::string_view code, std::string_view detail,
                                 std::int64_t pause_ms) {
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  const std::int64_t now_utc_ms = clock_.utc_ms();
  auto update = database_.prepare(
      "UPDATE filing SET lease = '', attempts = attempts + 1, next_try_utc_ms = ?, code = ?, detail = ?, "
      "changed_utc_ms = ? WHERE terminal_id = ? AND epoch = ? AND seq = ? AND state = 'waiting' AND lease = "
      "?");
  update.bind(now_utc_ms + pause_ms).bind(code).bind(detail).bind(now_utc_ms);
  if (auto done = bind_key(update, one.record).bind(std::string_view(one.lease)).run(); !done) return done;
  if (database_.changes() == 1 && (one.attempts + 1) % stuck_attempts == 0) {
    const auto told =
        fmt::format("record {} has failed {} times: {}", to_hex(one.record.id), one.attempts + 1, code);
    if (auto done = note(one.department, "departments.stuck", told); !done) return done;
  }
  return transaction->commit();
}

Result<void> FilingQueue::refused(const Queued& one, std::string_view code, std::string_view detail) {
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  auto update = database_.prepare(
      "UPDATE filing SET state = 'dead', lease = '', attempts = attempts + 1, code = ?, detail = ?, "
      "changed_utc_ms = ? "
      "WHERE terminal_id = ? AND epoch = ? AND seq = ? AND state = 'waiting' AND lease = ?");
  update.bind(code).bind(detail).bind(clock_.utc_ms());
  if (auto done = bind_key(update, one.record).bind(std::string_view(one.lease)).run(); !done) return done;
  if (database_.changes() == 1) {
    const auto told = fmt::format("record {}: {}", to_hex(one.record.id), code);
    if (auto done = note(one.department, "departments.refused", told); !done) return done;
  }
  return transaction->commit();
}

Result<void> FilingQueue::give_back(const Queued& one) {
  auto update = database_.prepare(
      "UPDATE filing SET lease = '', next_try_utc_ms = ? WHERE terminal_id = ? AND epoch = ? AND seq = ? AND "
      "state = "
      "'waiting' AND lease = ?");
  update.bind(clock_.utc_ms());
  return bind_key(update, one.record).bind(std::string_view(one.lease)).run();
}

Result<void> FilingQueue::note(std::string_view department, std::string_view kind, std::string_view detail) {
  return note_event(database_, clock_.utc_ms(), {department_subject(department)}, kind, detail);
}

Result<std::vector<DepartmentCount>> FilingQueue::counts() {
  auto query = database_.prepare(
      "SELECT department, count(CASE WHEN state = 'waiting' THEN 1 END), count(CASE WHEN state = 'filed' "
      "THEN 1 END), "
      "count(CASE WHEN state = 'dead' THEN 1 END), count(CASE WHEN state = 'closed' THEN 1 END), "
      "coalesce(min(CASE WHEN state = 'waiting' THEN received_utc_ms END), 0) FROM filing GROUP BY "
      "department ORDER BY "
      "department");
  std::map<std::string, DepartmentCount> all;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) break;
    all[query.text(0)] = {query.text(0),    query.integer(1), query.integer(2),
                          query.integer(3), query.integer(4), query.integer(5)};
  }
  auto earlier = database_.prepare("SELECT department, filed FROM filed_count");
  for (;;) {
    auto row = earlier.step();
    if (!row) return row.error();
    if (!*row) break;
    auto& count = all[earlier.text(0)];
    count.department = earlier.text(0);
    count.filed += earlier.integer(1);
  }
  std::vector<DepartmentCount> counts;
  for (auto& [name, count] : all) counts.push_back(std::move(count));
  return counts;
}

Result<std::vector<DeadLetter>> FilingQueue::dead_letters() {
  auto query = database_.prepare(
      "SELECT terminal_id, epoch, seq, received_utc_ms, record_id, case_no, service_id, department, "
      "attempts, code, "
      "detail, changed_utc_ms FROM filing WHERE state = 'dead' ORDER BY changed_utc_ms, terminal_id, epoch, "
      "seq LIMIT "
      "?");
  query.bind(filing_listed_max);
  std::vector<DeadLetter> letters;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return letters;
    letters.push_back({{query.text(0), query.unsigned_integer(1), query.unsigned_integer(2), query.integer(3),
                        record_id_of(query.bytes(4)), query.text(5)},
                       query.text(6),
                       query.text(7),
                       query.integer(8),
                       query.text(9),
                       query.text(10),
                       query.integer(11)});
  }
}

Result<std::vector<FilingQueue::Group>> FilingQueue::groups_of(std::optional<record::RecordId> id) {
  auto query = database_.prepare(
      id ? fmt::format(
               "SELECT DISTINCT service_id, department, state FROM filing WHERE {} AND state IN ('waiting', "
               "'dead', 'closed')",
               is_record)
         : "SELECT DISTINCT service_id, department, state FROM filing WHERE state = 'dead'");
  if (id) query.bind(ByteView(*id));
  std::vector<Group> groups;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return groups;
    groups.push_back({query.text(0), query.text(1), query.text(2)});
  }
}

Result<std::int64_t> FilingQueue::move(const Group& group, std::optional<record::RecordId> id,
                                       const std::string& to) {
  const auto of_group = fmt::format("WHERE service_id = ? AND department = ? AND state = ?{}{}",
                                    id ? " AND " : "", id ? is_record : "");
  const auto run = [&](database::Statement& statement) {
    statement.bind(std::string_view(group.service_id)).bind(std::string_view(group.department));
    statement.bind(std::string_view(group.state));
    if (id) statement.bind(ByteView(*id));
    return statement.run();
  };
  if (to.empty()) {
    auto unfiled = database_.prepare(
        "UPDATE record SET filed = 0 WHERE (terminal_id, epoch, seq) IN (SELECT terminal_id, epoch, seq FROM "
        "filing " +
        of_group + ")");
    if (auto done = run(unfiled); !done) return done.error();
    auto gone = database_.prepare("DELETE FROM filing " + of_group);
    if (auto done = run(gone); !done) return done.error();
    return database_.changes();
  }
  auto update = database_.prepare(
      "UPDATE filing SET state = 'waiting', lease = '', attempts = 0, next_try_utc_ms = ?, changed_utc_ms = "
      "?, "
      "department = ? " +
      of_group);
  update.bind(clock_.utc_ms()).bind(clock_.utc_ms()).bind(std::string_view(to));
  if (auto done = run(update); !done) return done.error();
  return database_.changes();
}

Result<std::int64_t> FilingQueue::replay(std::optional<record::RecordId> id, const Route& route) {
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  auto groups = groups_of(id);
  if (!groups) return groups.error();
  std::int64_t count = 0;
  for (const Group& group : *groups) {
    auto moved = move(group, id, route(group.service_id, group.department, group.state != "waiting"));
    if (!moved) return moved;
    count += *moved;
  }
  if (auto done = transaction->commit(); !done) return done.error();
  return count;
}

Result<void> FilingQueue::close(const record::RecordId& id, std::string_view by, std::string_view reason) {
  if (by.empty() || reason.empty())
    return Error{Remedy::refuse, "hub.close_unsigned", "who closes it, and why?"};
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  auto find =
      database_.prepare(fmt::format("SELECT department FROM filing WHERE {} AND state = 'dead'", is_record));
  auto row = find.bind(ByteView(id)).step();
  if (!row) return row.error();
  if (!*row) return Error{Remedy::refuse, "hub.no_dead_letter", to_hex(id)};
  const std::string department = find.text(0);
  auto update = database_.prepare(fmt::format(
      "UPDATE filing SET state = 'closed', detail = ?, changed_utc_ms = ? WHERE {} AND state = 'dead'",
      is_record));
  update.bind(fmt::format("closed by {}", by)).bind(clock_.utc_ms());
  if (auto done = update.bind(ByteView(id)).run(); !done) return done;
  const auto told = fmt::format("record {} by {}: {}", to_hex(id), by, reason);
  if (auto done = note(department, "departments.closed", told); !done) return done;
  return transaction->commit();
}

}  // namespace bianmin::hub

#include "sync/hub/watch/backlog.hpp"

#include "sync/hub/store/operator_events.hpp"
#include "tests/sync/hub/support.hpp"

namespace bianmin::hub {

namespace {

void put(test::HubInProcess& hub, int seq, const char* department, const char* state,
         std::int64_t received_utc_ms) {
  auto insert = hub.database().prepare(
      "INSERT INTO filing (terminal_id, epoch, seq, record_id, case_no, service_id, received_utc_ms, "
      "department, state) VALUES ('T-0001', 1, ?, ?, 'c', 's', ?, ?, ?)");
  insert.bind(seq).bind(ByteView(Bytes(16))).bind(received_utc_ms).bind(department).bind(state);
  test::must(insert.run());
}

}  // namespace

TEST_CASE("what waits and what is dead, by department, and how long") {
  test::HubInProcess hub;
  const std::int64_t now = hub.clock.utc_ms();
  put(hub, 1, "pensions", "waiting", now - 90'000);
  put(hub, 2, "pensions", "waiting", now - 30'000);
  put(hub, 3, "pensions", "filed", now - 500'000);
  put(hub, 4, "people", "dead", now - 70'000);
  put(hub, 5, "people", "closed", now - 70'000);
  const auto backlog = test::must(read_backlog(hub.database(), now));
  REQUIRE(backlog.departments.size() == 2);
  CHECK(backlog.departments[0].department == "pensions");
  CHECK(backlog.departments[0].waiting == 2);
  CHECK(backlog.departments[0].oldest_waiting_utc_ms == now - 90'000);
  CHECK(backlog.departments[1].dead == 1);
  CHECK(backlog.departments[1].waiting == 0);
  Metrics metrics;
  show_backlog(backlog, now, metrics);
  CHECK(metrics.value(metric::filing_waiting, {"pensions"}) == 2);
  CHECK(metrics.value(metric::filing_oldest_seconds, {"pensions"}) == 90);
  CHECK(metrics.value(metric::filing_dead, {"people"}) == 1);
  test::must(hub.database().execute("DELETE FROM filing WHERE department = 'people'"));
  show_backlog(test::must(read_backlog(hub.database(), now)), now, metrics);
  CHECK(metrics.text().find("people") == std::string::npos);
}

TEST_CASE("gaps, and events of the last day by kind") {
  test::HubInProcess hub;
  const std::int64_t now = hub.clock.utc_ms();
  test::must(note_event(hub.database(), now - 2 * event_window_ms, {"T-0001"}, "fork", "x"));
  test::must(note_event(hub.database(), now - 1'000, {"T-0001"}, "clone", "x"));
  test::must(note_event(hub.database(), now - 1'000, {"T-0002"}, "clone", "x"));
  test::must(
      hub.database().execute("INSERT INTO gap (terminal_id, epoch, first_seq, last_seq, since_utc_ms) VALUES "
                             "('T-0001', 1, 3, 4, 0), ('T-0002', 1, 9, 9, 0)"));
  const auto backlog = test::must(read_backlog(hub.database(), now));
  CHECK(backlog.gaps == 2);
  REQUIRE(backlog.events.size() == 1);
  CHECK(backlog.events[0] == std::pair<std::string, std::int64_t>("clone", 2));
}

TEST_CASE("a backlog without measure is counted up to a limit, the oldest first") {
  test::HubInProcess hub;
  const std::int64_t now = hub.clock.utc_ms();
  put(hub, 1, "pensions", "waiting", now - 90'000);
  test::must(
      hub.database().execute("INSERT INTO filing (terminal_id, epoch, seq, record_id, case_no, service_id, "
                             "received_utc_ms, department, "
                             "state) WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i "
                             "< 12000) SELECT 'T-0002', 1, i, "
                             "record_id, 'c', 's', received_utc_ms + 1, department, state FROM n CROSS JOIN "
                             "(SELECT * FROM filing LIMIT 1) AS one"));
  const auto backlog = test::must(read_backlog(hub.database(), now));
  REQUIRE(backlog.departments.size() == 1);
  CHECK(backlog.departments[0].waiting == counted_max);
  CHECK(backlog.departments[0].oldest_waiting_utc_ms == now - 90'000);
}

}  // namespace bianmin::hub

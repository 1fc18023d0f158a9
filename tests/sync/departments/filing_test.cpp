// The queue to a department and the lane that empties it.
#include "sync/hub/filing/filing_lane.hpp"

#include <algorithm>
#include <climits>

#include "sync/hub/store/payload_parts.hpp"
#include "tests/sync/departments/lane_scene.hpp"

namespace bianmin::hub {

using test::DepartmentFault;
using test::Lane;
using test::LaneScene;
using test::must;

namespace {

std::int64_t number(LaneScene& scene, std::string_view sql) {
  return must(scene.scene.hub.database().prepare(sql).number());
}

}  // namespace

TEST_CASE("without a book the register gets everything, as it always did") {
  test::Scene scene;
  scene.terminal.save();
  scene.terminal.turn_until_quiet();
  CHECK(scene.hub.report().accepted == 1);
  CHECK(must(scene.hub.database().prepare("SELECT count(*) FROM filing").number()) == 0);
}

TEST_CASE("a record that a department is to get waits in the queue, and the register never sees it") {
  LaneScene scene;
  const auto saved = scene.take();
  scene.scene.hub.resume();
  CHECK(scene.count().waiting == 1);
  CHECK(number(scene, "SELECT count(*) FROM department_entry") == 0);
  CHECK(scene.scene.hub.report().accepted == 0);
  CHECK_FALSE(
      must(describe_case(scene.scene.hub.database(), saved.case_no))["records"][0]["filed"].get<bool>());
  Lane lane(scene.scene.hub, scene.simulator, "one");
  CHECK(lane.lane.turn() == 0);
  CHECK(lane.lane.turn() > 0);
  const auto entries = scene.simulator.entries();
  REQUIRE(entries.size() == 1);
  CHECK(entries.begin()->second.body["case_no"] == saved.case_no);
  const Json described = must(describe_case(scene.scene.hub.database(), saved.case_no));
  CHECK(described["state"] == "accepted");
  CHECK(described["acceptance_no"] == entries.begin()->second.number);
  CHECK(described["records"][0]["filed"].get<bool>());
  CHECK(scene.count().filed == 1);
  scene.scene.terminal.turn_until_quiet();  // and the terminal learns of it
  CHECK(scene.scene.terminal.state_of(saved.case_no) == store::RecordState::accepted);
}

TEST_CASE("ratings and documents of a case go where the case goes; other services to the register") {
  LaneScene scene;
  const auto saved = scene.take();
  scene.take(test::sample_rating(saved.case_no));
  scene.take(test::sample_document(saved.case_no, bytes_of("%PDF-1.7")));
  auto other = test::sample_case();
  other.service_id = "household-move";
  scene.take(other);
  CHECK(scene.count().waiting == 3);
  CHECK(number(scene, "SELECT count(*) FROM department_entry") == 1);
  Lane lane(scene.scene.hub, scene.simulator, "one");
  scene.turn_until_quiet(lane);
  CHECK(scene.simulator.entries().size() == 3);
}

TEST_CASE("what fails is tried again, ever later, and operators are told at the tenth time, once") {
  LaneScene scene;
  scene.take();
  bool down = true;
  scene.simulator.next_fault = [&] { return down ? DepartmentFault::down : DepartmentFault::none; };
  Lane lane(scene.scene.hub, scene.simulator, "one");
  std::vector<std::int64_t> at;
  while (scene.simulator.request_count() < 25) {
    const auto before = scene.simulator.request_count();
    const auto wait_ms = lane.lane.turn();
    if (scene.simulator.request_count() > before) at.push_back(scene.clock().steady_ms());
    scene.clock().advance(wait_ms);
  }
  for (std::size_t pause = 2; pause < 10; ++pause)
    CHECK(at[pause] - at[pause - 1] > at[pause - 1] - at[pause - 2]);
  CHECK(at[24] - at[23] <= filing_pause_most_ms + department_breaker.most_ms + lane_poll_ms);
  CHECK(scene.scene.count_of("departments.stuck") == 2);  // the tenth and the twentieth, in one line
  std::int64_t lines = 0;
  for (const auto& event : scene.scene.events()) {
    if (event.kind != "departments.stuck") continue;
    ++lines;
    CHECK(event.terminal_id == "department:pensions");
    CHECK(event.detail.find("http.unreachable") != std::string::npos);
  }
  CHECK(lines == 1);
  down = false;
  scene.turn_until_quiet(lane);
  CHECK(scene.simulator.entries().size() == 1);
  CHECK(scene.scene.hub.report().accepted == 1);
}

TEST_CASE("a breaker spares a department that fails with everything, and one record alone does not open it") {
  LaneScene scene;
  for (int count = 0; count < 30; ++count) scene.take();
  bool down = true;
  scene.simulator.next_fault = [&] { return down ? DepartmentFault::server_error : DepartmentFault::none; };
  Lane lane(scene.scene.hub, scene.simulator, "one");
  const auto until = scene.clock().steady_ms() + 600'000;
  while (scene.clock().steady_ms() < until)
    scene.clock().advance(std::max<std::int64_t>(1, lane.lane.turn()));
  CHECK(scene.simulator.request_count() <= department_breaker.failures_max + 40);  // not 30 and 30 and 30 …
  down = false;
  scene.turn_until_quiet(lane);
  CHECK(scene.simulator.entries().size() == 30);
}

TEST_CASE("a department that asks for a pause gets it, from all its records") {
  LaneScene scene;
  for (int count = 0; count < 3; ++count) scene.take();
  scene.simulator.retry_after = "120";
  bool busy = true;
  scene.simulator.next_fault = [&] { return busy ? DepartmentFault::busy : DepartmentFault::none; };
  Lane lane(scene.scene.hub, scene.simulator, "one");
  CHECK(lane.lane.turn() == 0);
  busy = false;
  const auto begun = scene.clock().steady_ms();
  while (scene.simulator.request_count() == 1) scene.clock().advance(lane.lane.turn());
  CHECK(scene.clock().steady_ms() - begun >= 120'000);
  scene.turn_until_quiet(lane);
  CHECK(scene.simulator.entries().size() == 3);
}

TEST_CASE("no more requests in a second than the department wants") {
  LaneScene scene(
      R"({"departments": {"pensions": {"kind": "rest", "url": "https://d", "ca": "x.crt", "per_second": 4}},
                      "services": {"*": "pensions"}})");
  for (int count = 0; count < 9; ++count) scene.take();
  Lane lane(scene.scene.hub, scene.simulator, "one");
  const auto begun = scene.clock().steady_ms();
  scene.turn_until_quiet(lane);
  CHECK(scene.clock().steady_ms() - begun >= 8 * 250);
  CHECK(scene.clock().steady_ms() - begun < 3'000);
}

TEST_CASE("a refusal is a dead letter: told, kept, never tried again by itself; an operator replays it") {
  LaneScene scene;
  const auto saved = scene.take(std::string(test::refused_answer));
  scene.take();
  Lane lane(scene.scene.hub, scene.simulator, "one");
  scene.turn_until_quiet(lane);
  CHECK(scene.count().filed == 1);
  CHECK(scene.count().dead == 1);
  const auto letters = must(scene.queue().dead_letters());
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].record.case_no == saved.case_no);
  CHECK(letters[0].code == "department.incomplete");
  CHECK(letters[0].detail == "status 422");
  CHECK(letters[0].service_id == "pension-confirmation");
  CHECK(scene.scene.count_of("departments.refused") == 1);
  const auto asked = scene.simulator.request_count();
  for (int hours = 0; hours < 50; ++hours) {
    scene.clock().advance(3'600'000);
    (void)lane.lane.turn();
  }
  CHECK(scene.simulator.request_count() - asked == 0);

  const auto same = [](std::string_view, const std::string& department, bool refused) {
    CHECK(refused);
    return department;
  };
  CHECK(must(scene.queue().replay(std::nullopt, same)) == 1);
  scene.turn_until_quiet(lane);
  CHECK(scene.count().dead == 1);  // it is refused again
  CHECK(must(scene.queue().replay(letters[0].record.id, same)) == 1);
  CHECK(scene.count().waiting == 1);
  CHECK(must(scene.queue().replay(std::nullopt, same)) == 0);
  scene.turn_until_quiet(lane);
  CHECK(test::code_of(scene.queue().close(letters[0].record.id, "", "why")) == "hub.close_unsigned");
  must(scene.queue().close(letters[0].record.id, "Li", "the person came again"));
  CHECK(scene.count().closed == 1);
  CHECK(scene.scene.count_of("departments.closed") == 1);
  CHECK(test::code_of(scene.queue().close(letters[0].record.id, "Li", "again")) == "hub.no_dead_letter");
}

TEST_CASE("a replay may go to another department, or to the register; of one that waits nobody knows") {
  LaneScene scene;
  const auto first = scene.take(std::string(test::refused_answer));
  const auto second = scene.take(std::string(test::refused_answer));
  Lane lane(scene.scene.hub, scene.simulator, "one");
  scene.turn_until_quiet(lane);
  const auto letters = must(scene.queue().dead_letters());
  REQUIRE(letters.size() == 2);
  const auto elsewhere = [](std::string_view service, const std::string& department, bool refused) {
    CHECK(service == "pension-confirmation");
    return refused ? std::string("elsewhere") : department;
  };
  CHECK(must(scene.queue().replay(letters[0].record.id, elsewhere)) == 1);
  const auto counts = must(scene.queue().counts());
  REQUIRE(counts.size() == 2);
  CHECK(counts[0].department == "elsewhere");
  CHECK(counts[0].waiting == 1);
  CHECK(counts[1].dead == 1);
  CHECK(must(scene.queue().replay(letters[0].record.id, elsewhere)) == 1);  // it waits: it stays
  CHECK(must(scene.queue().counts())[0].waiting == 1);
  const auto registered = [](std::string_view, const std::string&, bool) { return std::string(); };
  CHECK(must(scene.queue().replay(std::nullopt, registered)) == 1);
  CHECK(must(scene.queue().counts()).size() == 1);
  scene.scene.hub.resume();
  CHECK(number(scene, "SELECT count(*) FROM department_entry") == 1);
  CHECK(scene.scene.hub.report().accepted == 1);
  CHECK(must(describe_case(scene.scene.hub.database(), letters[1].record.case_no))["state"] == "accepted");
  CHECK(first.case_no != second.case_no);
}

TEST_CASE("two hubs never try one record at once, and a lease of a hub that died runs out") {
  LaneScene scene;
  scene.take();
  auto queue = scene.queue();
  const auto first = must(queue.claim("pensions", "one", 50'000));
  REQUIRE(first);
  CHECK_FALSE(must(queue.claim("pensions", "two", 50'000)));
  CHECK_FALSE(must(queue.claim("elsewhere", "two", 50'000)));
  scene.clock().advance(50'000);
  const auto second = must(queue.claim("pensions", "two", 50'000));
  REQUIRE(second);
  must(
      queue.failed(*first, "http.timeout", "", 1'000));  // the first wakes up: it has nothing to say any more
  CHECK(must(queue.claim("pensions", "three", 50'000)) == std::nullopt);
  must(queue.refused(*first, "department.no", ""));
  CHECK(scene.count().waiting == 1);
  must(queue.accepted(*first, record::RecordKind::service_case, {"A1", 5}));  // but for an acceptance
  CHECK(scene.count().filed == 1);
  must(queue.failed(*second, "http.timeout", "", 1'000));
  must(queue.refused(*second, "department.no", ""));
  CHECK(scene.count().filed == 1);
  CHECK(scene.scene.hub.report().accepted == 1);
}

TEST_CASE("what was not tried is due again at once, without a failure") {
  LaneScene scene;
  scene.take();
  auto queue = scene.queue();
  const auto first = must(queue.claim("pensions", "one", 50'000));
  must(queue.give_back(*first));
  const auto again = must(queue.claim("pensions", "two", 50'000));
  REQUIRE(again);
  CHECK(again->attempts == 0);
}

TEST_CASE(
    "payloads that departments have not got are not dropped, dead letters neither, until they are closed") {
  constexpr std::int64_t one_day_ms = 86'400'000;
  LaneScene scene;
  scene.take(std::string(test::refused_answer));
  const auto old = [&] { return scene.clock().utc_ms() + 2 * one_day_ms; };
  auto& database = scene.scene.hub.database();
  CHECK(test::code_of(drop_payloads(database, old())) == "hub.unfiled");
  Lane lane(scene.scene.hub, scene.simulator, "one");
  scene.turn_until_quiet(lane);
  CHECK(test::code_of(drop_payloads(database, old())) == "hub.unfiled");
  must(scene.queue().close(must(scene.queue().dead_letters())[0].record.id, "Li", "why"));
  must(drop_payloads(database, old()));
  CHECK(number(scene, "SELECT count(*) FROM payload") == 0);
}

TEST_CASE("a record whose payload is gone waits, and does not hold up the others") {
  LaneScene scene;
  scene.take();
  must(scene.scene.hub.database().execute("DELETE FROM payload"));
  scene.take();
  Lane lane(scene.scene.hub, scene.simulator, "one");
  for (int turn = 0; turn < 20; ++turn) scene.clock().advance(lane.lane.turn());
  CHECK(scene.count().filed == 1);
  CHECK(scene.count().waiting == 1);
}

TEST_CASE("what the hub itself cannot open is no failure of the department") {
  LaneScene scene;
  for (int count = 0; count < 20; ++count) scene.take();
  Lane lane(scene.scene.hub, scene.simulator, "one");
  test::FailingCustody custody(*lane.opener);
  FilingLane through(lane.parts(custody));
  const auto turn_for = [&](std::int64_t duration_ms) {
    const auto until_ms = scene.clock().steady_ms() + duration_ms;
    while (scene.clock().steady_ms() < until_ms)
      scene.clock().advance(
          std::clamp<std::int64_t>(through.turn(), 1, until_ms - scene.clock().steady_ms()));
  };
  SECTION("custody is away: nobody's failure, and nothing is asked of it all the time") {
    custody.failure = Error{Remedy::retry_later, "custody.away", {}};
    turn_for(600'000);
    CHECK(scene.simulator.request_count() == 0);
    CHECK(custody.asked_count <= 600'000 / hub_pause_ms);
    CHECK(number(scene, "SELECT count(*) FROM filing WHERE attempts > 0") == 0);
    CHECK(scene.scene.count_of("departments.stuck") == 0);
    custody.failure.reset();
    turn_for(hub_pause_ms + 1'000);  // and not a breaker's minute
    CHECK(scene.simulator.entries().size() == 20);
  }
  SECTION("a key is missing: that record's failure, and operators hear of it") {
    custody.failure = Error{Remedy::refuse, "seal.cannot_open", {}};
    custody.fails_for = 19;
    turn_for(500);
    CHECK(scene.simulator.entries().size() == 1);
    CHECK(scene.count().waiting == 19);
    custody.fails_for = INT32_MAX;
    turn_for(7'200'000);
    CHECK(scene.scene.count_of("departments.stuck") >= 19);
    CHECK(number(scene, "SELECT count(*) FROM filing WHERE code = 'seal.cannot_open'") == 19);
    custody.failure.reset();
    scene.take();
    turn_for(1'000);  // what comes now is not held up
    CHECK(scene.simulator.entries().size() == 2);
    turn_for(filing_pause_most_ms);
    CHECK(scene.simulator.entries().size() == 21);
  }
}

TEST_CASE("pauses double from their first to their most, spread over half of each") {
  CHECK(filing_pause_ms(1, 0) == filing_pause_first_ms / 2);
  CHECK(filing_pause_ms(2, 0) == filing_pause_first_ms);
  CHECK(filing_pause_ms(3, 0) == 2 * filing_pause_first_ms);
  for (const std::int64_t attempts : {1, 2, 5, 10, 100, 1'000'000}) {
    for (const std::uint32_t luck : {0U, 1U, 12'345U, UINT32_MAX}) {
      CHECK(filing_pause_ms(attempts, luck) >= filing_pause_first_ms / 2);
      CHECK(filing_pause_ms(attempts, luck) <= filing_pause_most_ms);
    }
  }
  CHECK(filing_pause_ms(100, 0) == filing_pause_most_ms / 2);
}

}  // namespace bianmin::hub

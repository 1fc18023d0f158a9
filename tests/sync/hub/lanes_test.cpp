// One kind of request that fails does not stop the others; the line is shared by a budget; asks go first.
#include "sync/http/backoff.hpp"
#include "sync/store/asks.hpp"
#include "sync/store/hub_clock.hpp"
#include "sync/store/wake_up.hpp"
#include "tests/sync/hub/support.hpp"

namespace bianmin {

using store::RecordState;
using test::must;

namespace {

constexpr int rounds = 6;

}  // namespace

TEST_CASE("states that fail, in any way, do not stop records, and the terminal stays online") {
  for (const test::Fault fault : {test::Fault::unavailable, test::Fault::garbage, test::Fault::truncated}) {
    test::HubInProcess hub;
    test::EnrolledTerminalInProcess terminal(hub);
    terminal.wire.fault_at = {"/v1/states", fault};
    for (int round = 0; round < rounds; ++round) {
      const auto saved = terminal.save();
      (void)terminal.agent->turn();
      CHECK(terminal.state_of(saved.case_no) == RecordState::sent);
      CHECK(must(terminal.journal->link()).online);
      hub.clock.advance(store::journal_poll_ms);
    }
    const int before = terminal.wire.request_count;
    (void)terminal.agent->turn();
    CHECK(terminal.wire.request_count - before <= 1);  // and it is not asked again at once
    terminal.wire.fault_at.reset();
    terminal.turn_until_quiet();
    CHECK(hub.report().accepted == rounds);
  }
}

TEST_CASE("records that fail do not stop states or asks; the terminal shows it") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  const auto record = test::sample_case();
  terminal.wire.fault_at = {"/v1/states", test::Fault::unavailable};
  const auto first = terminal.save(record);
  (void)terminal.agent->turn();
  REQUIRE(terminal.state_of(first.case_no) == RecordState::sent);
  terminal.wire.fault_at = {"/v1/records", test::Fault::unavailable};
  const auto second = terminal.save();
  store::Asks asks(*terminal.journal, terminal.enrolment, hub.clock);
  const auto id = must(asks.ask(first.case_no, record.token, 10'000));
  hub.clock.advance(http::backoff_first_ms);
  (void)terminal.agent->turn();
  CHECK(must(asks.answer(id))->kind == store::AnswerKind::answered);
  CHECK(terminal.state_of(first.case_no) == RecordState::accepted);
  CHECK(terminal.state_of(second.case_no) == RecordState::saved);
  CHECK_FALSE(must(terminal.journal->link()).online);
  terminal.wire.fault_at.reset();
  terminal.turn_until_quiet();
  CHECK(must(terminal.journal->link()).online);
  CHECK(hub.report().records == 2);
}

TEST_CASE("whether what was sent is accepted is asked half a second later, then ever less often") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  (void)terminal.agent->turn();  // nothing is there to ask about
  int asked_count = 0;
  terminal.wire.in_the_middle = [&](const std::string& path) { asked_count += path == "/v1/states" ? 1 : 0; };
  hub.clock.advance(60'000);
  const auto saved = terminal.save();
  CHECK_FALSE(terminal.agent->turn());
  CHECK(asked_count == 0);  // it would be in vain
  CHECK(terminal.state_of(saved.case_no) == RecordState::sent);
  CHECK(terminal.agent->idle_ms(store::journal_poll_ms) == agent::states_first_ms);
  hub.clock.advance(agent::states_first_ms);
  (void)terminal.agent->turn();
  CHECK(asked_count == 1);
  CHECK(terminal.state_of(saved.case_no) == RecordState::accepted);

  // A department that takes an hour over it: the hub is asked a dozen times.
  hub.hold_register = true;
  terminal.save();
  asked_count = 0;
  const auto begun_ms = hub.clock.steady_ms();
  std::vector<std::int64_t> asked_at_ms;
  while (hub.clock.steady_ms() - begun_ms < 3'600'000) {
    const int before = asked_count;
    (void)terminal.agent->turn();
    if (asked_count > before) asked_at_ms.push_back(hub.clock.steady_ms() - begun_ms);
    const auto idle_ms = terminal.agent->idle_ms(store::journal_poll_ms);
    CHECK(idle_ms > 0);
    hub.clock.advance(idle_ms);
  }
  REQUIRE(asked_at_ms.size() > 4);
  CHECK(asked_at_ms[0] == 500);
  CHECK(asked_at_ms[1] == 1'500);
  CHECK(asked_at_ms[2] == 3'500);
  CHECK(asked_at_ms[3] == 7'500);
  CHECK(asked_count <= 13);
}

TEST_CASE("a long backlog does not put the question off") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  (void)terminal.agent->turn();
  hub.clock.advance(60'000);
  for (int count = 0; count < 4 * agent::upload_batch; ++count) terminal.save();
  int asked_count = 0;
  terminal.wire.in_the_middle = [&](const std::string& path) { asked_count += path == "/v1/states" ? 1 : 0; };
  for (int batch = 0; batch < 3; ++batch) {
    CHECK(terminal.agent->turn());
    hub.clock.advance(agent::states_first_ms - 100);  // how long a batch takes
  }
  CHECK(asked_count > 0);
}

TEST_CASE("asks that fail do not stop records, and open their breaker") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  store::Asks asks(*terminal.journal, terminal.enrolment, hub.clock);
  terminal.wire.fault_at = {"/v1/asks", test::Fault::unavailable};
  for (int count = 0; count < 8; ++count) must(asks.ask("0000001000018", "token", 100'000));
  const auto saved = terminal.save();
  (void)terminal.agent->turn();
  CHECK(terminal.state_of(saved.case_no) == RecordState::sent);
  CHECK(terminal.wire.request_count ==
        agent::ask_breaker.failures_max + 3);  // a record, the hub's clock and key
  terminal.wire.fault_at.reset();
  hub.clock.advance(agent::ask_breaker.most_ms);
  const int before = terminal.wire.request_count;
  (void)terminal.agent->turn();
  CHECK(terminal.wire.request_count >= before + 8);
}

TEST_CASE("a budget spreads the backlog, and an ask does not wait for it") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  terminal.budget_bytes_per_s = 1'000;
  terminal.restart_agent();
  const auto record = test::sample_case(std::string(8'000, 'x'));
  const auto first = terminal.save(record);
  for (int count = 0; count < 9; ++count) terminal.save(test::sample_case(std::string(8'000, 'x')));
  const auto begun_ms = hub.clock.steady_ms();
  bool asked = false;
  while (must(terminal.journal->backlog()).waiting > 0) {
    (void)terminal.agent->turn();
    if (!asked && terminal.state_of(first.case_no) != RecordState::saved) {
      store::Asks asks(*terminal.journal, terminal.enrolment, hub.clock);
      const auto id = must(asks.ask(first.case_no, record.token, 1000));
      (void)terminal.agent->turn();
      CHECK(must(asks.answer(id))->kind == store::AnswerKind::answered);
      asked = true;
    }
    hub.clock.advance(store::journal_poll_ms);
    REQUIRE(hub.clock.steady_ms() - begun_ms < 300'000);
  }
  CHECK(asked);
  CHECK(hub.clock.steady_ms() - begun_ms > 65'000);  // 80 kB and more, the last of them on credit
  CHECK(hub.clock.steady_ms() - begun_ms < 130'000);
}

TEST_CASE("an ask made while an upload is under way is answered before it ends") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  const auto record = test::sample_case();
  const auto saved = terminal.save(record);
  terminal.turn_until_quiet();
  store::Asks asks(*terminal.journal, terminal.enrolment, hub.clock);
  terminal.save();
  bool answered = false;
  terminal.wire.in_the_middle = [&](const std::string& path) {
    if (path != "/v1/records" || answered) return;
    const auto id = must(asks.ask(saved.case_no, record.token, 1000));
    terminal.agent->while_waiting();
    answered = must(asks.answer(id)).has_value();
  };
  (void)terminal.agent->turn();
  CHECK(answered);
  CHECK(hub.report().records == 2);
}

TEST_CASE("an agent that is told to stop begins nothing more, and loses nothing") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  for (int count = 0; count < 10; ++count) terminal.save();
  terminal.wire.in_the_middle = [&](const std::string&) {
    terminal.stopping = terminal.wire.request_count == 3;
  };
  CHECK_FALSE(terminal.agent->turn());
  CHECK(terminal.wire.request_count == 3);
  CHECK(must(terminal.journal->backlog()).waiting == 7);
  terminal.wire.in_the_middle = nullptr;
  terminal.stopping = false;
  terminal.restart_agent();
  terminal.turn_until_quiet();
  CHECK(hub.report().records == 10);
  CHECK(hub.report().duplicates == 0);
}

TEST_CASE("a request that is given up because of a stop is no failure of the link") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  terminal.save();
  terminal.turn_until_quiet();
  terminal.save();
  terminal.wire.fault_at = {"/v1/records", test::Fault::given_up};
  CHECK_FALSE(terminal.agent->turn());
  CHECK(must(terminal.journal->link()).online);
  CHECK(must(terminal.journal->backlog()).waiting == 1);
}

TEST_CASE("the hub's clock reaches the journal, with what is wrong about the own one") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  CHECK_FALSE(must(store::read_clock_offset(*terminal.journal)));
  (void)terminal.agent->turn();  // a sign of life
  CHECK(must(store::read_clock_offset(*terminal.journal))->offset_ms == 0);
  terminal.own_clock.shift_ms = -600'000;
  hub.clock.advance(agent::time_interval_ms);
  (void)terminal.agent->turn();
  const auto known = must(store::read_clock_offset(*terminal.journal));
  REQUIRE(known);
  CHECK(known->offset_ms == 600'000);
  CHECK(known->code == "clock.wrong");
}

TEST_CASE(
    "a new seal key of the hub reaches the terminal's folder, and nothing is sealed to an unknown one") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  terminal.restart_agent();
  (void)terminal.agent->turn();
  const auto before = terminal.enrolment.hub_seal_key.point();
  CHECK(must(store::load_enrolment(terminal.path())).hub_seal_key.point() == before);
  (void)must(hub::HubKeys::rotate(hub.folder()));
  hub.restart();
  hub.clock.advance(agent::time_interval_ms);
  (void)terminal.agent->turn();
  const auto fresh = must(store::load_enrolment(terminal.path()));
  CHECK(fresh.hub_seal_key.point() != before);
  terminal.save();  // still sealed to the one before
  (void)must(store::RecordWriter(*terminal.journal, fresh).save(test::sample_case()));
  terminal.turn_until_quiet();
  CHECK(hub.report().records == 2);
  CHECK(hub.report().refused == 0);
}

}  // namespace bianmin

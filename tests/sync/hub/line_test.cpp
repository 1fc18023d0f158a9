// The line between agent and hub: one connection, a slow one, one that hangs.
#include <csignal>

#include "sync/store/asks.hpp"
#include "tests/sync/hub/proxy.hpp"
#include "tests/sync/hub/terminal_side.hpp"

namespace bianmin {

using store::RecordState;
using test::must;
using test::TerminalSide;

namespace {

std::size_t count_in(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

std::int64_t now_ms() { return SystemClock().steady_ms(); }

}  // namespace

TEST_CASE("more than a hundred requests of all kinds, one connection: the hub counts it") {
  test::Site site;
  TerminalSide terminal(site);
  const test::Process hub = site.start_hub();
  const test::Process agent = site.start_agent();
  store::Asks asks(*terminal.journal, terminal.enrolment, terminal.clock);
  for (int round = 0; round < 100; ++round) {
    const auto record = test::sample_case();
    const auto saved = terminal.save(record);
    REQUIRE(terminal.wait(
        [&] { return must(terminal.journal->find_case(saved.case_no))->state != RecordState::saved; }));
    if (round == 99) REQUIRE(terminal.wait_for(saved.case_no, RecordState::accepted));
    if (round % 10 != 0) continue;
    const auto id = must(asks.ask(saved.case_no, record.token, 5'000));
    terminal.wake_agent();
    CHECK(terminal.wait([&] { return must(asks.answer(id)).has_value(); }));
  }
  CHECK(count_in(site.stderr_of("agent"), "sent") == 100);
  CHECK(count_in(site.stderr_of("hub"), "hub connected") == 1);
  terminal.check_exactly(100);
}

TEST_CASE("on a slow line an ask overtakes the large record that is under way") {
  test::Site site;
  TerminalSide terminal(site);
  const test::Process hub = site.start_hub();
  test::Proxy proxy(site.port());
  const test::Process agent = site.start_agent(proxy.url());
  const auto record = test::sample_case();
  const auto small = terminal.save(record);
  REQUIRE(terminal.wait_for(small.case_no, RecordState::accepted));
  proxy.limit_to_hub(50'000);  // the record takes about four and a half seconds
  const auto begun_ms = now_ms();
  terminal.save(test::sample_document(small.case_no, Bytes(220'000, 'x')));
  store::Asks asks(*terminal.journal, terminal.enrolment, terminal.clock);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const auto waiting = [&] { return must(terminal.journal->backlog()).waiting; };
  CHECK(waiting() == 1);
  const auto asked_ms = now_ms();
  const auto id = must(asks.ask(small.case_no, record.token, 10'000));
  terminal.wake_agent();
  std::optional<store::Answer> answer;
  REQUIRE(terminal.wait([&] { return (answer = must(asks.answer(id))).has_value(); }));
  const auto answered_ms = now_ms();
  CHECK(answer->kind == store::AnswerKind::answered);
  CHECK(waiting() == 1);  // the record is still under way
  CHECK(answered_ms - asked_ms < 1'500);
  REQUIRE(terminal.wait([&] { return waiting() == 0; }));
  const auto done_ms = now_ms();
  WARN("ask answered after " << answered_ms - asked_ms << " ms, record after " << done_ms - begun_ms
                             << " ms");
  CHECK(done_ms - begun_ms > 3'000);
  CHECK(proxy.connection_count() == 1);
  terminal.check_exactly(2);
}

TEST_CASE("told to stop while the hub hangs, the agent is gone within two seconds and nothing is lost") {
  test::Site site;
  TerminalSide terminal(site);
  const test::Process hub = site.start_hub();
  test::Proxy proxy(site.port());
  test::Process agent = site.start_agent(proxy.url());
  const auto first = terminal.save(test::sample_case());
  REQUIRE(terminal.wait_for(first.case_no, RecordState::accepted));
  proxy.swallow_replies(true);
  const auto second = terminal.save(test::sample_case());
  CHECK(terminal.wait(
      [&] { return site.report()["records"] == 2; }));  // the hub has it, the agent does not know
  const auto begun_ms = now_ms();
  CHECK(agent.stop(SIGTERM) == 0);
  const auto took_ms = now_ms() - begun_ms;
  CHECK(took_ms < 2'000);
  WARN("stopped after " << took_ms << " ms");
  CHECK(terminal.state_of(second.case_no) == RecordState::saved);
  agent = site.start_agent();
  CHECK(terminal.wait_for(second.case_no, RecordState::accepted));
  terminal.check_exactly(2);
}

TEST_CASE("told to stop when idle, the agent is gone at once") {
  test::Site site;
  const test::Process hub = site.start_hub();
  test::Process agent = site.start_agent();
  const auto begun_ms = now_ms();
  CHECK(agent.stop(SIGTERM) == 0);
  CHECK(now_ms() - begun_ms < 1'000);
}

TEST_CASE("a budget in agent.conf holds on the real line") {
  test::Site site;
  TerminalSide terminal(site);
  auto conf = text_of(must(read_file(site.terminal() / "agent.conf", 10'000)));
  conf += "budget_bytes_per_s = 20000\n";
  must(write_file_durably(site.terminal() / "agent.conf", view_of(conf)));
  const test::Process hub = site.start_hub();
  const test::Process agent = site.start_agent();
  const auto saved = terminal.save(test::sample_case(std::string(60'000, 'x')));
  const auto begun_ms = now_ms();
  CHECK(terminal.wait_for(saved.case_no, RecordState::accepted));
  CHECK(now_ms() - begun_ms > 2'000);  // sixty kilobytes at twenty a second
}

}  // namespace bianmin

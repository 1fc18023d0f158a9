// The real programs over real sockets.
#include <chrono>
#include <csignal>
#include <thread>

#include "sync/store/asks.hpp"
#include "sync/store/verify_journal.hpp"
#include "sync/store/wake_up.hpp"
#include "tests/sync/hub/process.hpp"
#include "tests/sync/hub/proxy.hpp"
#include "tests/sync/hub/terminal_side.hpp"
#include "tests/sync/support.hpp"

namespace bianmin {

using store::RecordState;
using test::must;
using test::TerminalSide;

TEST_CASE("a case travels from the journal to the department, and the terminal is woken") {
  test::Site site;
  TerminalSide terminal(site);
  store::WakeUp woken = must(store::WakeUp::bind(site.terminal() / "terminal.wake"));
  const test::Process hub = site.start_hub();
  const test::Process agent = site.start_agent();
  const auto saved = terminal.save(test::sample_case());
  CHECK(terminal.wait_for(saved.case_no, RecordState::accepted));
  CHECK(terminal.wait([&] { return woken.drain(); }));
  const Json report = site.report();
  CHECK(report["records"] == 1);
  CHECK(report["accepted"] == 1);
  const auto described =
      test::run_command(test::program("kiosk-hub") + " case " + site.hub().string() + " '" +
                        saved.case_no.substr(0, 4) + " " + saved.case_no.substr(4) + "'");
  CHECK(described.exit_code == 0);
  CHECK(described.output.find("\"state\": \"accepted\"") != std::string::npos);
  terminal.check_exactly(1);
}

TEST_CASE("an ask is answered within a second when online, and expires when the hub is away") {
  test::Site site;
  TerminalSide terminal(site);
  test::Process hub = site.start_hub();
  const test::Process agent = site.start_agent();
  const auto record = test::sample_case();
  const auto saved = terminal.save(record);
  REQUIRE(terminal.wait_for(saved.case_no, RecordState::accepted));
  store::Asks asks(*terminal.journal, terminal.enrolment, terminal.clock);
  std::optional<store::Answer> answer;
  const auto ask = [&](std::int64_t deadline_ms) {
    const auto id = must(asks.ask(saved.case_no, record.token, deadline_ms));
    terminal.wake_agent();
    return terminal.wait([&] { return (answer = must(asks.answer(id))).has_value(); });
  };
  REQUIRE(ask(1000));
  CHECK(answer->kind == store::AnswerKind::answered);
  CHECK(answer->state.stage == record::CaseStage::accepted);
  hub.stop(SIGKILL);
  REQUIRE(ask(300));
  CHECK(answer->kind == store::AnswerKind::expired);
  CHECK(terminal.wait([&] { return !must(terminal.journal->link()).online; }));
  CHECK(must(terminal.journal->link()).code == "agent.hub_unreachable");
}

TEST_CASE("with the hub away the case is saved; when it is back it arrives once") {
  test::Site site;
  TerminalSide terminal(site);
  { const test::Process hub = site.start_hub(); }  // to have a port
  const test::Process agent = site.start_agent();
  const auto saved = terminal.save(test::sample_case());
  CHECK(terminal.wait([&] { return must(terminal.journal->link()).since_utc_ms != 0; }));
  CHECK(terminal.state_of(saved.case_no) == RecordState::saved);
  const test::Process hub = site.start_hub();
  CHECK(terminal.wait_for(saved.case_no, RecordState::accepted));
  CHECK(must(terminal.journal->link()).online);
  terminal.check_exactly(1);
}

TEST_CASE("somebody else's hub gets nothing, and the agent says so") {
  test::Site site;
  test::Site impostor;
  TerminalSide terminal(site);
  const test::Process hub = impostor.start_hub();
  const test::Process agent = site.start_agent(impostor.hub_url());
  const auto saved = terminal.save(test::sample_case());
  CHECK(terminal.wait([&] { return must(terminal.journal->link()).code == "agent.hub_untrusted"; }));
  CHECK(terminal.wait(
      [&] { return site.stderr_of("agent").find("agent.hub_untrusted") != std::string::npos; }));
  CHECK(terminal.state_of(saved.case_no) == RecordState::saved);
  CHECK(impostor.report()["records"] == 0);
}

TEST_CASE("somebody else's terminal is not let in") {
  test::Site site;
  test::Site other;
  TerminalSide stranger(other);
  const test::Process hub = site.start_hub();
  std::filesystem::copy_file(site.terminal() / "ca.crt", other.terminal() / "ca.crt",
                             std::filesystem::copy_options::overwrite_existing);
  const test::Process agent = other.start_agent(site.hub_url());
  const auto saved = stranger.save(test::sample_case());
  CHECK(stranger.wait([&] { return must(stranger.journal->link()).since_utc_ms != 0; }));
  CHECK_FALSE(must(stranger.journal->link()).online);
  CHECK(stranger.state_of(saved.case_no) == RecordState::saved);
  CHECK(site.report()["records"] == 0);
}

TEST_CASE("a line that breaks anywhere, either way: each case arrives exactly once") {
  test::Site site;
  TerminalSide terminal(site);
  const test::Process hub = site.start_hub();
  test::Proxy proxy(site.port());
  const test::Process agent = site.start_agent(proxy.url());
  std::int64_t saved_count = 0;
  // A handshake takes about 2 kB to the hub and 1.5 kB from it; a record about 1.3 kB and its receipt 0.4 kB.
  for (const auto& [to_hub, from_hub] : std::vector<std::pair<int, int>>{{0, -1},
                                                                         {1000, -1},
                                                                         {2200, -1},
                                                                         {2800, -1},
                                                                         {3400, -1},
                                                                         {-1, 0},
                                                                         {-1, 1200},
                                                                         {-1, 1500},
                                                                         {-1, 1800},
                                                                         {-1, 2200}}) {
    proxy.cut_after(to_hub, from_hub);
    const int before = proxy.connection_count();
    const auto saved = terminal.save(test::sample_case());
    ++saved_count;
    (void)terminal.wait([&] { return proxy.connection_count() > before; }, 3000);
    proxy.cut_after(-1, -1);
    CHECK(terminal.wait([&] {
      terminal.wake_agent();
      return terminal.state_of(saved.case_no) == RecordState::accepted;
    }));
  }
  CHECK(proxy.connection_count() > 3);  // it did break
  terminal.check_exactly(saved_count);
}

TEST_CASE("restart of everything, twice, in any order") {
  test::Site site;
  std::int64_t saved_count = 0;
  for (int round = 0; round < 2; ++round) {
    TerminalSide terminal(site);
    const auto early = terminal.save(test::sample_case());
    test::Process agent;
    test::Process hub;
    if (round == 0) hub = site.start_hub();
    agent = site.start_agent();
    if (round == 1) hub = site.start_hub();
    const auto late = terminal.save(test::sample_case());
    saved_count += 2;
    CHECK(terminal.wait_for(early.case_no, RecordState::accepted));
    CHECK(terminal.wait_for(late.case_no, RecordState::accepted));
    CHECK(agent.stop(SIGTERM) == 0);
    CHECK(hub.stop(SIGTERM) == 0);
  }
  TerminalSide(site).check_exactly(saved_count);
}

TEST_CASE("nothing of the person is in what agent and hub write outside the department's register") {
  test::Site site;
  TerminalSide terminal(site);
  test::Process hub = site.start_hub();
  test::Process agent = site.start_agent();
  const auto saved = terminal.save(test::sample_case());
  REQUIRE(terminal.wait_for(saved.case_no, RecordState::accepted));
  CHECK(test::all_bytes_below(site.terminal()).find(test::canary_number) == std::string::npos);
  CHECK(site.stderr_of("agent").find(test::canary_number) == std::string::npos);
  CHECK(site.stderr_of("hub").find(test::canary_number) == std::string::npos);
  CHECK_FALSE(site.stderr_of("agent").empty());
}

TEST_CASE("misuse is told, with exit code 2; failures with 1 and a code") {
  const test::TempFolder folder;
  const auto run = [](const std::string& arguments) { return test::run_command(arguments); };
  const std::string hub = test::program("kiosk-hub");
  const std::string agent = test::program("kiosk-agent");
  CHECK(run(hub).exit_code == 2);
  CHECK(run(hub + " dance " + folder.path().string()).exit_code == 2);
  CHECK(run(hub + " enrol " + folder.path().string()).exit_code == 2);
  CHECK(run(hub + " --help").exit_code == 0);
  CHECK(run(agent + " --help").exit_code == 0);
  CHECK(run(agent).exit_code == 2);
  const auto failed = [&](const std::string& command, const std::string& code) {
    const auto result = run(command);
    INFO(result.output);
    CHECK(result.exit_code == 1);
    CHECK(result.output.find(code) != std::string::npos);
  };
  const std::string dir = (folder / "hub").string();
  failed(hub + " serve " + dir, "file.missing");
  REQUIRE(run(hub + " init " + dir).exit_code == 0);
  failed(hub + " init " + dir, "hub.exists");
  failed(hub + " serve " + dir + " --listen nonsense", "hub.bad_address");
  failed(hub + " serve " + dir + " --listen 192.0.2.1:1", "hub.cannot_listen");
  failed(hub + " case " + dir + " 123", "case_no.bad_length");
  failed(agent + " --config " + (folder / "none.conf").string(), "file.missing");
  REQUIRE(
      run(hub + " enrol " + dir + " --terminal T --out " + (folder / "t").string() + " --hub-url http://x")
          .exit_code == 0);
  failed(agent + " --config " + (folder / "t" / "agent.conf").string(), "agent.bad_url");
}

}  // namespace bianmin

// The end of a kiosk-hub by signals.
#include <sys/wait.h>

#include <csignal>

#include "tests/sync/hub/terminal_side.hpp"

namespace bianmin {

using store::RecordState;

namespace {

// How long it took to end, which it did with 0.
std::int64_t ends_after_ms(test::Process& process, int signal) {
  const SystemClock clock;
  const std::int64_t began_ms = clock.steady_ms();
  const int status = process.stop(signal);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  return clock.steady_ms() - began_ms;
}

}  // namespace

TEST_CASE(
    "SIGTERM: connected terminals are sent away, the hub ends with 0, and all goes on at the next one") {
  test::Site site;
  test::TerminalSide terminal(site);
  test::Process hub = site.start_hub();
  const test::Process agent = site.start_agent();
  const auto first = terminal.save(test::sample_case());
  REQUIRE(terminal.wait_for(first.case_no, RecordState::accepted));
  CHECK(ends_after_ms(hub, SIGTERM) < 4'000);
  CHECK(site.stderr_of("hub").find(" draining connections=1") != std::string::npos);
  CHECK(site.stderr_of("hub").find("drain-cut") == std::string::npos);
  const auto second = terminal.save(test::sample_case());
  hub = site.start_hub();
  CHECK(terminal.wait_for(second.case_no, RecordState::accepted));
  terminal.check_exactly(2);
}

TEST_CASE("SIGTERM under load, again and again: every record arrives once") {
  test::Site site;
  test::TerminalSide terminal(site);
  test::Process hub = site.start_hub();
  const test::Process agent = site.start_agent();
  std::string last;
  for (int round = 0; round < 4; ++round) {
    for (int count = 0; count < 10; ++count) last = terminal.save(test::sample_case()).case_no;
    CHECK(ends_after_ms(hub, SIGTERM) < 6'000);
    hub = site.start_hub();
  }
  CHECK(terminal.wait_for(last, RecordState::accepted));
  CHECK(terminal.wait([&] { return site.report()["records"] == 40; }));
  terminal.check_exactly(40);
}

TEST_CASE("who does not finish is cut after five seconds; a second signal waits for nobody") {
  test::Site site;
  for (const bool twice : {false, true}) {
    test::Process hub = site.start_hub();
    // A handshake that never ends does not hold the end up; a request that never ends does.
    test::Process client(
        {"/usr/bin/env", "bash", "-c",
         "(printf 'POST /v1/time HTTP/1.1\\r\\n'; sleep 60) | openssl s_client -quiet -connect 127.0.0.1:" +
             std::to_string(site.port()) + " -cert " + (site.terminal() / "tls.crt").string() + " -key " +
             (site.terminal() / "tls.key").string()},
        "/dev/null");
    const SystemClock clock;
    const auto connected = [&] {
      const std::string log = site.stderr_of("hub");
      const std::string line = "protocol=http/1.1";
      return twice ? log.find(line) != log.rfind(line) : log.find(line) != std::string::npos;
    };
    const test::TerminalSide terminal(site);
    REQUIRE(terminal.wait(connected));
    if (twice) {
      hub.signal(SIGTERM);
      REQUIRE(terminal.wait([&] {
        const std::string log = site.stderr_of("hub");
        return log.find(" draining ") != log.rfind(" draining ");
      }));
    }
    const std::int64_t took_ms = ends_after_ms(hub, SIGTERM);
    if (twice) {
      CHECK(took_ms < 2'000);
    } else {
      CHECK(took_ms >= 4'900);
      CHECK(took_ms < 8'000);
      CHECK(site.stderr_of("hub").find("drain-cut connections=1") != std::string::npos);
    }
  }
}

}  // namespace bianmin

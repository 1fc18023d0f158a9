// kiosk-hub's endpoint for operators, read by Prometheus' own tool.
#include <csignal>

#include "tests/sync/hub/terminal_side.hpp"

namespace bianmin {

using store::RecordState;
using test::must;

TEST_CASE("what a hub shows to Prometheus is what Prometheus wants, and names no terminal") {
  test::Site site;
  test::TerminalSide terminal(site);
  test::Process hub = site.start_hub({"--operators", "127.0.0.1:0"});
  const std::string line = hub.wait_for_line("operators on 127.0.0.1:");
  const std::string base = "http://" + line.substr(line.find("127."));
  const test::Process agent = site.start_agent();
  const auto saved = terminal.save(test::sample_case());
  REQUIRE(terminal.wait_for(saved.case_no, RecordState::accepted));
  const auto curl = [&](const std::string& path) {
    return test::run_command("curl -sS --max-time 10 -w '\\n%{http_code}' " + base + path).output;
  };
  CHECK(curl("/healthz") == "{\"alive\":true}\n200");
  CHECK(curl("/readyz") == "{\"ready\":true}\n200");
  const std::string metrics = curl("/metrics");
  CHECK(metrics.find("bianmin_hub_records_total{outcome=\"stored\",code=\"\"} 1\n") != std::string::npos);
  CHECK(metrics.find("bianmin_hub_connections_accepted_total{listener=\"terminals\"} 1\n") !=
        std::string::npos);
  CHECK(metrics.find("T-0001") == std::string::npos);
  CHECK(metrics.find(saved.case_no) == std::string::npos);
  // The agent names the upload's trace after the record; the hub writes the same.
  const std::string sent = site.stderr_of("agent");
  const std::string trace = sent.substr(sent.find("trace=") + 6, 32);
  CHECK(site.stderr_of("hub").find("served path=/v1/records terminal=T-0001 trace=" + trace) !=
        std::string::npos);
  if (test::run_command("command -v promtool").exit_code != 0) {
    WARN("promtool (Debian's package prometheus) is not here: its check was left out");
    return;
  }
  const auto checked =
      test::run_command("curl -sS --max-time 10 " + base + "/metrics | promtool check metrics 2>&1");
  INFO(checked.output);
  CHECK(checked.exit_code == 0);
  CHECK(checked.output.empty());
}

TEST_CASE("an address for operators that cannot be had stops the start; a limit that is none too") {
  test::Site site;
  const auto start = [&](const std::string& options) {
    const auto result = test::run_command(test::program("kiosk-hub") + " serve " + site.hub().string() +
                                          " --listen 127.0.0.1:0 " + options + " 2>&1");
    CHECK(result.exit_code == 1);
    return result.output;
  };
  CHECK(start("--operators nowhere").find("hub.bad_address") != std::string::npos);
  CHECK(start("--operators 192.0.2.1:9443").find("hub.cannot_listen") != std::string::npos);
  CHECK(start("--per-address 0").find("hub.bad_limit") != std::string::npos);
}

}  // namespace bianmin

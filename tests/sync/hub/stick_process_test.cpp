// The stick's way with the programs that people use: kioskctl and kiosk-hub.
#include "sync/store/outbox.hpp"
#include "tests/sync/hub/terminal_side.hpp"

namespace bianmin {

using store::RecordState;
using test::TerminalSide;

TEST_CASE("kioskctl export, kiosk-hub import, kioskctl import: sent, without agent and server") {
  test::Site site;
  TerminalSide terminal(site);
  const test::TempFolder stick;
  std::vector<std::string> cases;
  for (int count = 0; count < 3; ++count) cases.push_back(terminal.save(test::sample_case()).case_no);
  const auto run = [&](const std::string& command) {
    const auto result = test::run_command(command);
    INFO(command << ": " << result.output);
    CHECK(result.exit_code == 0);
    return result.output;
  };
  const std::string journal = " --journal " + site.journal().string();
  const std::string kioskctl = test::program("kioskctl") + " journal ";
  const std::string folder = stick.path().string();
  CHECK(run(kioskctl + "status" + journal).find("3 waiting") != std::string::npos);
  CHECK(run(kioskctl + "export " + folder + journal).find("3 records in 1 files") != std::string::npos);
  const std::string name = folder + "/bianmin-T-0001-1-0000000001";
  CHECK(run(test::program("kiosk-hub") + " import " + site.hub().string() + " " + name + ".records")
            .find("3 records, 3 receipts") != std::string::npos);
  CHECK(run(kioskctl + "import " + name + ".receipts" + journal).find("3 records settled") !=
        std::string::npos);
  for (const auto& case_no : cases) CHECK(terminal.state_of(case_no) == RecordState::sent);
  CHECK(site.report()["accepted"] == 3);
  CHECK(run(kioskctl + "status --json" + journal).find("\"waiting\": 0") != std::string::npos);
  terminal.check_exactly(3);
  CHECK(test::run_command(kioskctl + "export " + folder + "/none" + journal).exit_code == 3);
  CHECK(
      test::run_command(kioskctl + "import " + name + ".records" + journal).output.find("stick.other_kind") !=
      std::string::npos);
  CHECK(test::run_command(kioskctl + "--help").output.find("export DIR") != std::string::npos);
}

TEST_CASE("staff see what the hub does not take, and let it wait again") {
  test::Site site;
  TerminalSide terminal(site);
  const auto first = terminal.save(test::sample_case());
  terminal.save(test::sample_case());
  const std::string kioskctl = test::program("kioskctl") + " journal ";
  const std::string journal = " --journal " + site.journal().string();
  CHECK(test::run_command(kioskctl + "dead" + journal).output.empty());
  store::Outbox outbox(*terminal.journal, terminal.enrolment.hub_receipt_key);
  test::must(outbox.set_aside(1, first.seq, "hub.bad_upload"));
  const auto dead = test::run_command(kioskctl + "dead" + journal);
  CHECK(dead.exit_code == 0);
  CHECK(dead.output.starts_with("1:1\t" + first.case_no + "\t"));
  CHECK(dead.output.ends_with("\thub.bad_upload\n"));
  CHECK(test::run_command(kioskctl + "dead --json" + journal).output.find("\"code\": \"hub.bad_upload\"") !=
        std::string::npos);
  CHECK(test::run_command(kioskctl + "status" + journal).output.find("1 refused") != std::string::npos);
  CHECK(test::run_command(kioskctl + "retry 1:1" + journal).exit_code == 0);
  CHECK(test::run_command(kioskctl + "dead" + journal).output.empty());
  const auto again = test::run_command(kioskctl + "retry 1:1" + journal);
  CHECK(again.exit_code == 3);
  CHECK(again.output.find("journal.no_dead_letter") != std::string::npos);
  for (const char* wrong : {"retry 1", "retry 1:", "retry :1", "retry x:1", "retry 0:1", "retry"}) {
    CHECK(test::run_command(kioskctl + wrong + journal).exit_code == 2);
  }
}

TEST_CASE("operators see events and the quarantine from the shell") {
  test::Site site;
  const std::string hub = test::program("kiosk-hub") + " ";
  const std::string dir = site.hub().string();
  CHECK(test::run_command(hub + "events " + dir).exit_code == 0);
  CHECK(test::run_command(hub + "quarantine list " + dir + " --json").exit_code == 0);
  CHECK(test::run_command(hub + "quarantine " + dir).exit_code == 2);
  const auto none = test::run_command(hub + "quarantine show " + dir + " abcd");
  CHECK(none.exit_code == 1);
  CHECK(none.output.find("hub.not_in_quarantine") != std::string::npos);
  CHECK(test::run_command(hub + "quarantine release " + dir + " abcd --by me --reason x").exit_code == 1);
}

}  // namespace bianmin

// Backup and restore as operators give them, beside programs that work on.
#include <csignal>

#include "tests/sync/hub/terminal_side.hpp"

namespace bianmin {

using store::RecordState;
using test::TerminalSide;

TEST_CASE("kioskctl hub backup and restore, beside a hub that serves") {
  test::Site site;
  TerminalSide terminal(site);
  const test::TempFolder folder;
  const std::string out = (folder / "copy").string();
  const std::string kioskctl = test::program("kioskctl") + " hub ";
  {
    const auto hub = site.start_hub();
    const auto agent = site.start_agent();
    const auto saved = terminal.save(test::sample_case());
    CHECK(terminal.wait_for(saved.case_no, RecordState::accepted));
    const auto made = test::run_command(kioskctl + "backup " + site.hub().string() + " " + out);
    INFO(made.output);
    CHECK(made.exit_code == 0);
    CHECK(made.output.find("backed up 1 records in ") != std::string::npos);
  }
  CHECK(test::run_command(kioskctl + "backup " + site.hub().string() + " " + out)
            .output.find("backup.exists") != std::string::npos);
  const std::string into = test::on_postgresql() ? " --database '" + test::new_database() + "'" : "";
  const std::string restored = (folder / "hub").string();
  const auto done =
      test::run_command(kioskctl + "restore " + out + " " + restored + into + " --nothing-lost");
  INFO(done.output);
  CHECK(done.exit_code == 0);
  CHECK(done.output.find("restored 1 records in ") != std::string::npos);
  CHECK(test::run_command(test::program("kiosk-hub") + " events " + restored)
            .output.find("\trestored\t1x\tfrom a copy of ") != std::string::npos);
  CHECK(test::run_command(kioskctl + "restore " + out + " " + restored).output.find("hub.exists") !=
        std::string::npos);
  CHECK(test::run_command(kioskctl).exit_code == 2);
  CHECK(test::run_command(kioskctl + "--help").output.find("guard it as you guard DIR") != std::string::npos);
}

TEST_CASE("a hub is lost and restored from an older copy, and the agent that runs gives it the rest again") {
  test::Site site;
  TerminalSide terminal(site);
  const test::TempFolder folder;
  const std::string out = (folder / "copy").string();
  const std::string kioskctl = test::program("kioskctl") + " hub ";
  const auto agent_and = [&](const std::string& case_no) {
    CHECK(terminal.wait_for(case_no, RecordState::accepted));
  };
  std::string in_the_tail;
  test::Process hub = site.start_hub();
  const auto agent = site.start_agent();
  agent_and(terminal.save(test::sample_case()).case_no);
  CHECK(test::run_command(kioskctl + "backup " + site.hub().string() + " " + out).exit_code == 0);
  in_the_tail = terminal.save(test::sample_case()).case_no;
  agent_and(in_the_tail);
  hub.stop(SIGKILL);
  const auto last = terminal.save(test::sample_case());
  CHECK(terminal.wait([&] { return !test::must(terminal.journal->link()).online; }));
  std::filesystem::rename(site.hub(), folder / "lost");
  const std::string into = test::on_postgresql() ? " --database '" + test::new_database() + "'" : "";
  const auto done = test::run_command(kioskctl + "restore " + out + " " + site.hub().string() + into);
  INFO(done.output);
  REQUIRE(done.exit_code == 0);
  CHECK(site.report()["records"] == 1);
  hub = site.start_hub();
  terminal.wake_agent();
  CHECK(terminal.wait([&] { return site.report()["accepted"] == 3; }));
  agent_and(in_the_tail);
  agent_and(last.case_no);
  terminal.check_exactly(3);
  CHECK(site.stderr_of("agent").find("hub-went-back") != std::string::npos);
  CHECK(test::run_command(test::program("kioskctl") + " journal status --journal " + site.journal().string())
            .output.find("): 1 sent again, 0 gone here too") != std::string::npos);
}

TEST_CASE("without pg_dump a hub on a server says what is missing") {
  if (!test::on_postgresql()) return;
  test::Site site;
  const test::TempFolder folder;
  const auto refused = test::run_command("PATH=/nowhere " + test::program("kiosk-hub") + " backup " +
                                         site.hub().string() + " " + (folder / "copy").string());
  CHECK(refused.exit_code == 1);
  CHECK(refused.output.find("backup.no_program: pg_dump is needed") != std::string::npos);
}

}  // namespace bianmin

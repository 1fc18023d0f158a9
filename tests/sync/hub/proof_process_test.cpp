// A proof's way with the programs that people use: kiosk-hub gives it out, kioskctl and verify.py check it.
#include "sync/hub/store/hub_store.hpp"
#include "sync/record/slip.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/hub/terminal_side.hpp"
#include "tests/sync/hub/time_stamp_authority.hpp"

namespace bianmin {

using test::must;
using test::TerminalSide;

namespace {

struct ProvingSite {
  test::Site site;
  TerminalSide terminal{site};
  test::TempFolder folder;
  std::string hub = test::program("kiosk-hub") + " ";
  std::string at(const std::string& name) const { return (folder / name).string(); }

  std::string save() {
    const record::CaseRecord record = test::sample_case();
    const auto saved = terminal.save(record);
    CHECK(terminal.wait_for(saved.case_no, store::RecordState::accepted));
    return record::slip_text({saved.case_no, record.token});
  }
  test::CommandResult kioskctl(const std::string& words) const {
    return test::run_command(test::program("kioskctl") + " proof " + words + " --hub-key " +
                             (site.terminal() / "hub-receipt.pub").string());
  }
  test::CommandResult give_proof(const std::string& slip, const std::string& name) const {
    return test::run_command(hub + "proof " + site.hub().string() + " " + slip + " " + at(name));
  }
};

}  // namespace

TEST_CASE("a running hub gives records their leaves by itself, and a slip is proven without it") {
  ProvingSite at;
  std::string first;
  std::string second;
  {
    const auto hub = at.site.start_hub();
    const auto agent = at.site.start_agent();
    first = at.save();
    CHECK(at.terminal.wait([&] {
      const auto database = hub::open_hub_database(at.site.hub(), database::Access::read_only);
      return database && must((*database)->prepare("SELECT count(*) FROM proof_head").number()) == 1;
    }));
    CHECK(at.give_proof(first, "first").exit_code == 0);  // beside the running hub
    second = at.save();
  }
  CHECK(at.give_proof(second, "second").output == "leaf 1, no time stamp yet\n");
  const auto told = at.kioskctl(first + " " + at.at("first"));
  INFO(told.output);
  CHECK(told.exit_code == 0);
  CHECK(told.output.starts_with("proven\n"));
  CHECK(told.output.find("from terminal T-0001, record 1") != std::string::npos);
  CHECK(told.output.find("does not say what is in the record") != std::string::npos);
  const auto json = at.kioskctl(second + " " + at.at("second") + " --json");
  CHECK(must(parse_json(json.output))["head"]["size"] == 2);
  const auto other = at.kioskctl(first + " " + at.at("second"));
  CHECK(other.exit_code == 1);
  CHECK(other.output.find("NOT PROVEN") != std::string::npos);
  CHECK(other.output.find("proof.other_slip") != std::string::npos);
  CHECK(at.kioskctl(first + " " + at.at("first") + " --authority " + at.site.hub().string() + "/ca.crt")
            .exit_code == 1);  // there is no stamp yet
  CHECK(at.kioskctl("BM1:1:2 " + at.at("first")).exit_code == 3);
  CHECK(at.kioskctl(first + " /nowhere").exit_code == 3);
  CHECK(at.kioskctl(first).exit_code == 2);
  const auto independent =
      test::run_command("python3 tests/sync/verifier/verify.py proof " + at.at("second") + " --slip " +
                        second + " --hub-receipt-key " + (at.site.hub() / "receipt.pub").string());
  INFO(independent.output);
  CHECK(independent.exit_code == 0);

  const std::string folder = at.site.hub().string();
  CHECK(test::run_command(at.hub + "consistency " + folder + " 1 0 " + at.at("heads")).exit_code == 0);
  CHECK(at.kioskctl("consistency " + at.at("heads")).output.starts_with("consistent\n  1 leaves"));
  CHECK(at.kioskctl("consistency " + at.at("first")).exit_code == 1);
  CHECK(test::run_command(at.hub + "consistency " + folder + " 2 1 " + at.at("no")).exit_code == 1);
  CHECK(test::run_command(at.hub + "consistency " + folder + " x 1 " + at.at("no")).exit_code == 2);
  const auto none = at.give_proof("BM1:00000420000018:000G40R40M30E209", "no");
  CHECK(none.exit_code == 1);
  CHECK(none.output.find("hub.no_proof") != std::string::npos);
}

TEST_CASE("kiosk-hub has a head stamped by a program, and the proof is stamped from then on") {
  ProvingSite at;
  std::string slip;
  {
    const auto hub = at.site.start_hub();
    const auto agent = at.site.start_agent();
    slip = at.save();
  }
  const test::OpensslAuthority authority;
  const std::string stamp = at.hub + "stamp " + at.site.hub().string();
  const std::string believe = " --authority " + authority.root().string();
  CHECK(test::run_command(stamp).exit_code == 2);
  const auto failed = test::run_command(stamp + believe + " --program /bin/false");
  CHECK(failed.exit_code == 1);
  CHECK(failed.output.find("stamp.program_failed") != std::string::npos);
  CHECK(test::run_command(at.hub + "events " + at.site.hub().string()).output.find("time_stamp") !=
        std::string::npos);
  const auto stamped = test::run_command(stamp + believe + " --program " + authority.program().string());
  INFO(stamped.output);
  CHECK(stamped.output == "1 heads stamped\n");
  CHECK(test::run_command(stamp + believe + " --program /bin/false").output == "0 heads stamped\n");
  CHECK(at.give_proof(slip, "proof").output == "leaf 0, time-stamped\n");
  const auto told = at.kioskctl(slip + " " + at.at("proof") + believe);
  INFO(told.output);
  CHECK(told.exit_code == 0);
  CHECK(told.output.find("by a time stamp authority") != std::string::npos);
  CHECK(at.kioskctl(slip + " " + at.at("proof") + believe + " --json").output.find("\"stamp\"") !=
        std::string::npos);
  const test::OpensslAuthority stranger;
  const auto untrusted =
      at.kioskctl(slip + " " + at.at("proof") + " --authority " + stranger.root().string());
  CHECK(untrusted.exit_code == 1);
  CHECK(untrusted.output.find("stamp.untrusted") != std::string::npos);
}

}  // namespace bianmin

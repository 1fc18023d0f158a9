// The programs themselves: a terminal's case at a department over TLS, and what operators do about it.
#include <fmt/format.h>

#include "tests/fakes/department_server.hpp"
#include "tests/sync/hub/terminal_side.hpp"

namespace bianmin {

using store::RecordState;
using test::DepartmentFault;
using test::must;
using test::TerminalSide;

namespace {

seal::TlsFiles files_of_hub(const test::Site& site) {
  return {site.hub() / "server.crt", site.hub() / "server.key", site.hub() / "ca.crt"};
}

// The department shows the hub's own server certificate, the hub the terminal's: one authority has both.
struct DepartmentSite {
  test::Site site;
  test::DepartmentSimulator simulator;
  test::DepartmentServer server{simulator, files_of_hub(site)};

  DepartmentSite() {
    must(write_file_durably(
        site.hub() / "departments.json",
        view_of(fmt::format(
            R"({{"departments": {{"pensions": {{"kind": "rest", "url": "{}", "states_url": "{}", "ca": "ca.crt",
                                 "certificate": "../t/tls.crt", "key": "../t/tls.key", "states_interval_s": 1}}}},
                 "services": {{"pension-confirmation": "pensions"}}}})",
            server.url("/cases"), server.url("/states")))));
  }
  std::string run(const std::string& command, int exit_code = 0) const {
    const auto result = test::run_command(test::program("kiosk-hub") + " " + command);
    INFO(command << ": " << result.output);
    CHECK(result.exit_code == exit_code);
    return result.output;
  }
  std::string departments(const std::string& what, const std::string& more = {}, int exit_code = 0) const {
    return run("departments " + what + " " + site.hub().string() + more, exit_code);
  }
};

}  // namespace

TEST_CASE("a case goes to its department by the programs alone, and its state and certificate come back") {
  DepartmentSite at;
  at.simulator.next_fault = [count = 0]() mutable {
    return count++ == 0 ? DepartmentFault::lost_answer : DepartmentFault::none;
  };
  const auto hub = at.site.start_hub();
  TerminalSide terminal(at.site);
  const auto agent = at.site.start_agent();
  const auto saved = terminal.save(test::sample_case());
  CHECK(terminal.wait_for(saved.case_no, RecordState::accepted));
  const auto entries = at.simulator.entries();
  REQUIRE(entries.size() == 1);
  CHECK(entries.begin()->second.body["case_no"] == saved.case_no);
  CHECK(at.departments("list").find("pensions\t1 filed\t0 waiting\t0 dead\t0 closed\n") != std::string::npos);
  CHECK(at.departments("list", " --json").find("\"filed\":1") != std::string::npos);

  at.simulator.tell({{"case_no", saved.case_no},
                     {"state", "done"},
                     {"utc_ms", 1'795'000'010'000},
                     {"certificate", "JVBERi0xLjc="}});
  const auto folder = at.site.hub().string();
  CHECK(terminal.wait(
      [&] { return at.run("case " + folder + " " + saved.case_no).find("\"done\"") != std::string::npos; }));
  const test::TempFolder out;
  const auto file = (out / "c.pdf").string();
  at.run("certificate " + folder + " " + saved.case_no + " " + file + " --by 王五");
  CHECK(text_of(must(read_file(file, 100))) == "%PDF-1.7");
  CHECK(at.run("certificate " + folder + " 00000990000017 " + file + " --by 王五", 1)
            .find("hub.no_certificate") != std::string::npos);
  terminal.check_exactly(1);
  CHECK(at.site.stderr_of("hub").find(test::canary_name) == std::string::npos);
}

TEST_CASE("operators see what a department refuses, have it tried again, or close it") {
  DepartmentSite at;
  const auto hub = at.site.start_hub();
  TerminalSide terminal(at.site);
  const auto agent = at.site.start_agent();
  const auto saved = terminal.save(test::sample_case(std::string(test::refused_answer)));
  CHECK(terminal.wait([&] { return at.departments("list").find("1 dead") != std::string::npos; }));
  const auto dead = at.departments("dead");
  CHECK(dead.find("\tpensions\t" + saved.case_no +
                  "\tpension-confirmation\tdepartment.incomplete\tstatus 422\t") != std::string::npos);
  CHECK(dead.find(test::canary_name) == std::string::npos);
  CHECK(at.departments("dead", " --json").find("\"code\":\"department.incomplete\"") != std::string::npos);
  CHECK(at.run("events " + at.site.hub().string()).find("departments.refused") != std::string::npos);
  const auto id = dead.substr(0, dead.find('\t'));
  const auto asked = at.simulator.request_count();
  CHECK(at.departments("replay", " all").find("1 records are tried again") != std::string::npos);
  CHECK(terminal.wait([&] { return at.simulator.request_count() > asked; }));
  CHECK(terminal.wait([&] { return at.departments("list").find("1 dead") != std::string::npos; }));
  CHECK(at.departments("replay", " " + id).find("1 records are tried again") != std::string::npos);
  CHECK(terminal.wait([&] { return at.departments("list").find("1 dead") != std::string::npos; }));
  CHECK(at.departments("replay", " 00", 1).find("hub.bad_record_id") != std::string::npos);
  CHECK(at.departments("replay", " 00112233445566778899aabbccddeeff", 1).find("hub.no_dead_letter") !=
        std::string::npos);
  CHECK(at.departments("close", " " + id, 1).find("hub.close_unsigned") != std::string::npos);
  at.departments("close", " " + id + " --by Li --reason 'came again'");
  CHECK(at.departments("list").find("0 dead\t1 closed") != std::string::npos);
  CHECK(at.departments("close", " " + id + " --by Li --reason x", 1).find("hub.no_dead_letter") !=
        std::string::npos);
  CHECK(at.run("departments", 2).find("usage") != std::string::npos);
}

TEST_CASE("operators see a state that says nothing beside those that count, and put it away") {
  DepartmentSite at;
  const auto hub = at.site.start_hub();
  TerminalSide terminal(at.site);
  const auto agent = at.site.start_agent();
  const auto saved = terminal.save(test::sample_case());
  REQUIRE(terminal.wait_for(saved.case_no, RecordState::accepted));
  at.simulator.tell({{"case_no", saved.case_no}, {"state", "Done!"}, {"utc_ms", 1'795'000'010'000}});
  at.simulator.tell({{"case_no", saved.case_no}, {"state", "done"}, {"utc_ms", 1'795'000'010'000}});
  CHECK(terminal.wait([&] {
    return at.run("case " + at.site.hub().string() + " " + saved.case_no).find("\"done\"") !=
           std::string::npos;
  }));
  const auto dead = at.departments("dead");
  CHECK(dead.find("\tpensions\t" + saved.case_no + "\t-\tstates.no_state\t") != std::string::npos);
  CHECK(at.departments("dead", " --json").find("\"code\":\"states.no_state\"") != std::string::npos);
  CHECK(at.run("events " + at.site.hub().string()).find("departments.bad_state") != std::string::npos);
  const auto digest = dead.substr(0, dead.find('\t'));
  CHECK(digest.size() == 64);
  CHECK(at.departments("close", " " + digest, 1).find("hub.close_unsigned") != std::string::npos);
  at.departments("close", " " + digest + " --by Li --reason 'told anew'");
  CHECK(at.departments("dead").empty());
  CHECK(at.departments("close", " " + digest + " --by Li --reason x", 1).find("hub.no_dead_letter") !=
        std::string::npos);
}

TEST_CASE("a hub does not start with a book that it cannot read") {
  test::Site site;
  must(write_file_durably(site.hub() / "departments.json", view_of("{\"departments\": {}}")));
  const auto result = test::run_command(test::program("kiosk-hub") + " serve " + site.hub().string() +
                                        " --listen 127.0.0.1:0");
  CHECK(result.exit_code == 1);
  CHECK(result.output.find("departments.bad_book") != std::string::npos);
}

}  // namespace bianmin

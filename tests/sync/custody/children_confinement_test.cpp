// Custody and who files records have what they need, and nothing else: it is tried from inside.
#include <fmt/format.h>
#include <signal.h>

#include <cstdlib>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "sync/hub/confinement.hpp"
#include "sync/store/enrolment.hpp"
#include "sync/store/journal.hpp"
#include "sync/store/record_writer.hpp"
#include "tests/fakes/department_server.hpp"
#include "tests/sync/hub/process.hpp"
#include "tests/sync/support.hpp"

namespace bianmin {

using test::must;

namespace {

constexpr const char* softhsm_module = "/usr/lib/softhsm/libsofthsm2.so";

// A hub with a department, that has taken a record in and filed it.
struct HouseholdSite {
  test::Site site;
  test::DepartmentSimulator simulator;
  test::DepartmentServer department{
      simulator, seal::TlsFiles{site.hub() / "server.crt", site.hub() / "server.key", site.hub() / "ca.crt"}};
  test::HttpServer stranger{[](const http::Request&) { return test::PlayedAnswer{}; }};

  HouseholdSite() {
    must(write_file_durably(
        site.hub() / "departments.json",
        view_of(fmt::format(
            R"({{"departments": {{"pensions": {{"kind": "rest", "url": "{}", "ca": "ca.crt",
                                 "certificate": "../t/tls.crt", "key": "../t/tls.key"}}}},
                 "services": {{"pension-confirmation": "pensions"}}}})",
            department.url("")))));
  }
  void save(int count) const {
    auto enrolment = must(store::load_enrolment(site.terminal()));
    auto journal = must(store::Journal::open(site.journal(), enrolment.identity));
    for (int number = 0; number < count; ++number)
      (void)must(store::RecordWriter(*journal, enrolment).save(test::sample_case()));
  }
  bool wait_for_accepted(int count) const {
    for (int waited = 0; waited < 300; ++waited) {
      if (site.report()["accepted"] == count) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
  }
  void file_some() {
    save(3);
    auto hub = site.start_hub();
    auto agent = site.start_agent();
    REQUIRE(wait_for_accepted(3));
    agent.stop(SIGTERM);
    CHECK(hub.stop(SIGTERM) == 0);
    CHECK(simulator.entries().size() == 3);
  }
  std::string tried(const std::string& who, const std::string& how) const {
    const auto result = test::run_command(fmt::format("{} {} {} {} {} 2>&1", test::program("insider"),
                                                      site.hub().string(), who, how, stranger.port()));
    INFO(result.output);
    REQUIRE(result.exit_code == 0);
    return result.output;
  }
};

using Tries = std::map<std::string, std::string>;

Tries tries_in(const std::string& output) {
  Tries tries;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {  // the log's lines are among them
    std::istringstream words(line);
    std::string kind;
    std::string what;
    std::string code;
    std::string more;
    if (words >> kind >> what >> code && !(words >> more)) tries[kind + " " + what] = code;
  }
  return tries;
}

bool forbidden(const std::string& code) { return code == "EACCES" || code == "EPERM" || code == "ENOENT"; }

void check_all_forbidden(const Tries& tries, int abi) {
  for (const auto& [what, code] : tries) {
    INFO(what << ": " << code);
    const std::string kind = what.substr(0, what.find(' '));
    if (kind == "confined" || kind == "work" || kind == "socket" || kind == "connect") continue;
    if (kind == "bind" && abi < 4 && tries.at("confined offline") == "no") continue;
    if (kind == "keys") {
      CHECK(code != "ok");
      continue;
    }
    CHECK(forbidden(code));
  }
}

void check_works(const Tries& tries) {
  int count = 0;
  for (const auto& [what, code] : tries) {
    if (!what.starts_with("work ")) continue;
    INFO(what);
    CHECK(code == "ok");
    ++count;
  }
  CHECK(count == 3);
}

}  // namespace

TEST_CASE("custody reaches its keys and its list, and neither the database, other keys nor a network") {
  HouseholdSite at;
  at.file_some();
  const Tries free = tries_in(at.tried("custody", "free"));
  for (const char* what : {"open server.key", "open receipt.key", "make new.txt", "run program",
                           "connect elsewhere", "bind tcp", "socket udp", "list hub"}) {
    INFO(what);
    CHECK(free.at(what) == "ok");
  }
  check_works(free);
  const Tries tries = tries_in(at.tried("custody", "confined"));
  check_works(tries);
  const int abi = std::stoi(tries.at("confined abi"));
  CHECK(tries.at("confined offline") == "yes");
  CHECK(forbidden(tries.at("connect elsewhere")));
  CHECK(forbidden(tries.at("socket udp")));
  CHECK(tries.at("socket unix") == "ok");
  if (abi == 0) {
    WARN("this kernel has no Landlock");
    return;
  }
  check_all_forbidden(tries, abi);
}

TEST_CASE("who files reaches the database and its departments, and neither keys nor anybody else") {
  HouseholdSite at;
  at.file_some();
  const Tries free = tries_in(at.tried("file", "free"));
  for (const char* what :
       {"open seal.key", "open openings.log", "list custody", "keys own", "open server.key",
        "open device.key", "connect elsewhere", "connect department", "run program"}) {
    INFO(what);
    CHECK(free.at(what) == "ok");
  }
  check_works(free);
  const Tries tries = tries_in(at.tried("file", "confined"));
  const int abi = std::stoi(tries.at("confined abi"));
  check_works(tries);
  CHECK(tries.at("connect department") == "ok");
  if (abi == 0) {
    WARN("this kernel has no Landlock");
    return;
  }
  // What is for departments lies beside the terminal's own things here: that folder is allowed.
  Tries others = tries;
  for (const char* own : {"open ca.crt", "open tls.key", "open device.key"}) {
    CHECK(tries.at(own) == "ok");
    others.erase(own);
  }
  check_all_forbidden(others, abi);
  if (abi >= 4) CHECK(tries.at("connect elsewhere") == "EACCES");
}

TEST_CASE("on a kernel without Landlock both work, and say so") {
  HouseholdSite at;
  at.file_some();
  for (const char* who : {"custody", "file"}) {
    INFO(who);
    const std::string output = at.tried(who, "old");
    const Tries tries = tries_in(output);
    CHECK(tries.at("confined abi") == "0");
    CHECK(tries.at("open server.key") == "ok");
    check_works(tries);
    CHECK(output.find("not-confined") != std::string::npos);
  }
  const Tries custody = tries_in(at.tried("custody", "old"));
  CHECK(custody.at("confined offline") == "yes");  // that needs no Landlock
  CHECK(forbidden(custody.at("connect elsewhere")));
}

TEST_CASE("the processes themselves are confined, and go on with new keys and in a token") {
  if (!std::filesystem::exists(softhsm_module)) {
    WARN("no softhsm2 here");
    return;
  }
  HouseholdSite at;
  const test::TempFolder folder;
  std::filesystem::create_directory(folder / "tokens");
  must(write_file_durably(folder / "softhsm2.conf",
                          view_of("directories.tokendir = " + (folder / "tokens").string() +
                                  "\nobjectstore.backend = file\nlog.level = ERROR\n")));
  must(write_file_durably(folder / "pin", view_of("4711\n"), 0600));
  ::setenv("SOFTHSM2_CONF", (folder / "softhsm2.conf").c_str(), 1);
  const auto run = [](const std::string& command) {
    const auto result = test::run_command(command + " 2>&1");
    INFO(command << ": " << result.output);
    REQUIRE(result.exit_code == 0);
  };
  run("softhsm2-util --init-token --free --label bianmin --pin 4711 --so-pin 4712");
  const auto hub = at.site.start_hub();
  const auto agent = at.site.start_agent();
  at.save(2);
  REQUIRE(at.wait_for_accepted(2));
  const std::string kiosk_hub = test::program("kiosk-hub");
  run(kiosk_hub + " rotate-key " + at.site.hub().string());
  at.save(2);
  REQUIRE(at.wait_for_accepted(4));
  // Custody was confined before there was a token: it begins anew.
  run(fmt::format("{} custody-key {} --pkcs11 {} --token bianmin --pin-file {}", kiosk_hub,
                  at.site.hub().string(), softhsm_module, (folder / "pin").string()));
  auto enrolment = must(store::load_enrolment(at.site.terminal()));
  enrolment.hub_seal_key = must(seal::PublicKey::load(at.site.hub() / "seal-3.pub"));
  {
    auto journal = must(store::Journal::open(at.site.journal(), enrolment.identity));
    for (int number = 0; number < 2; ++number)
      (void)must(store::RecordWriter(*journal, enrolment).save(test::sample_case()));
  }
  CHECK(at.wait_for_accepted(6));
  CHECK(at.simulator.entries().size() == 6);
  const std::string log = at.site.stderr_of("hub");
  CHECK(log.find("outdated") != std::string::npos);
  std::size_t confined = 0;
  for (std::size_t found = log.find(" hub confined "); found != std::string::npos;
       found = log.find(" hub confined ", found + 1))
    ++confined;
  INFO(log.substr(0, 3'000));
  CHECK(confined + (log.find("not-confined") != std::string::npos ? 4 : 0) >=
        4);  // serve, filing, custody twice
  ::unsetenv("SOFTHSM2_CONF");
}

TEST_CASE("who files may connect to the departments of both kinds and to each host of the database") {
  const auto book = departments::DepartmentBook::parse(
      R"({"departments": {
            "civil": {"kind": "rest", "url": "https://[::1]:8443/cases", "ca": "a.crt"},
            "land": {"kind": "rest", "url": "https://land.example/cases", "ca": "a.crt"},
            "pensions": {"kind": "x-road", "url": "https://road.example:4001", "ca": "a.crt",
                         "client": ["CN", "GOV", "1", "kiosks"], "service": ["CN", "GOV", "2", "pensions", "cases"]}},
          "services": {"*": "civil"}})",
      "/nowhere");
  REQUIRE(book.ok());
  const auto ports = [&](const std::string& database) {
    const auto listed = hub::needs_of_filing(*book, database).ports;
    return std::set<std::uint16_t>(listed.begin(), listed.end());
  };
  CHECK(ports("") == std::set<std::uint16_t>{53, 443, 4001, 8443});
  CHECK(ports("postgresql://hub@127.0.0.1:6432,127.0.0.2/bianmin") ==
        std::set<std::uint16_t>{53, 443, 4001, 8443, 6432, 5432});
  CHECK(ports("host=127.0.0.1 port=6000 user=hub") == std::set<std::uint16_t>{53, 443, 4001, 8443, 6000});
}

}  // namespace bianmin

#include "sync/hub/setup.hpp"

#include <sys/stat.h>

#include "sync/store/asks.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/hub/support.hpp"

namespace bianmin::hub {

using test::must;

namespace {

unsigned mode_of(const std::filesystem::path& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777U;
}

}  // namespace

TEST_CASE("a hub is made once, and its secrets are its owner's") {
  const test::TempFolder folder;
  const test::TestDatabase database;
  must(init_hub(folder / "hub", {"127.0.0.1", "localhost"}, database.url()));
  const char* const data = test::on_postgresql() ? "hub.conf" : "hub.db";
  for (const char* name : {"ca.key", "custody/seal.key", "receipt.key", "server.key", data}) {
    CHECK(mode_of(folder / "hub" / name) == 0600U);
  }
  CHECK(mode_of(folder / "hub") == 0700U);
  const Bytes before = must(read_file(folder / "hub" / "custody" / "seal.key", 10'000));
  CHECK(test::code_of(init_hub(folder / "hub", {"127.0.0.1"})) == "hub.exists");
  CHECK(must(read_file(folder / "hub" / "custody" / "seal.key", 10'000)) == before);
}

TEST_CASE("an enrolled terminal has all it needs, and nothing of the hub's secrets") {
  test::HubInProcess hub;
  const test::TempFolder folder;
  const auto enrolled =
      must(enrol_terminal(hub.folder(), {"T-7", folder / "t", "https://hub.example:8443"}, hub.clock));
  CHECK(enrolled.epoch == 1);
  const auto loaded = must(store::load_enrolment(folder / "t"));
  CHECK(loaded.identity.terminal_id == "T-7");
  CHECK(loaded.identity.epoch == 1);
  CHECK(loaded.identity.enrolment_no == enrolled.enrolment_no);
  CHECK(loaded.hub_seal_key.point() == hub.keys().seal_key(*loaded.profile).key.point());
  CHECK(loaded.hub_receipt_key.point() == hub.keys().receipt_key(*loaded.profile).point());
  CHECK(mode_of(folder / "t" / "device.key") == 0600U);
  CHECK(mode_of(folder / "t" / "tls.key") == 0600U);
  for (const char* name : {"ca.key", "custody/seal.key", "receipt.key", "server.key"}) {
    CHECK_FALSE(std::filesystem::exists(folder / "t" / name));
  }
  CHECK(text_of(must(read_file(folder / "t" / "agent.conf", 10'000)))
            .find("hub_url = https://hub.example:8443\n") != std::string::npos);
}

TEST_CASE(
    "enrolled again, a terminal starts a new life with new case numbers; the old journal still arrives") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess first_life(hub, "T-7");
  const auto before = first_life.save();
  test::EnrolledTerminalInProcess second_life(hub, "T-7");
  CHECK(second_life.enrolment.identity.epoch == 2 + spare_lives);
  const auto after = second_life.save();
  CHECK(before.case_no.substr(0, 7) != after.case_no.substr(0, 7));
  second_life.turn_until_quiet();
  first_life.turn_until_quiet();
  const auto report = hub.report();
  CHECK(report.records == 2);
  CHECK(report.refused == 0);
  CHECK(report.duplicates == 0);
  CHECK(report.gaps == 0);
}

TEST_CASE("a denied terminal may not even ask, until it is enrolled again") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub, "T-7");
  const auto record = test::sample_case();
  const auto saved = terminal.save(record);
  terminal.turn_until_quiet();
  CHECK(test::code_of(deny_terminal(hub.folder(), "T-8")) == "hub.unknown_terminal");
  must(deny_terminal(hub.folder(), "T-7"));
  store::Asks asks(*terminal.journal, terminal.enrolment, hub.clock);
  const auto id = must(asks.ask(saved.case_no, record.token, 1000));
  (void)terminal.agent->turn();
  CHECK_FALSE(must(asks.answer(id)));
  CHECK(must(terminal.journal->link()).code == "agent.hub_refuses");
  test::EnrolledTerminalInProcess again(hub, "T-7");
  again.save();
  again.turn_until_quiet();
  CHECK(hub.report().records == 2);
}

TEST_CASE("bad names and used folders are refused") {
  test::HubInProcess hub;
  const test::TempFolder folder;
  const auto code = [&](const std::string& id, const std::string& out) {
    return test::code_of(enrol_terminal(hub.folder(), {id, folder / out, "https://h"}, hub.clock));
  };
  CHECK(code("", "a") == "hub.bad_terminal_id");
  CHECK(code("../x", "a") == "hub.bad_terminal_id");
  CHECK(code("a b", "a") == "hub.bad_terminal_id");
  CHECK(code(std::string(65, 'a'), "a") == "hub.bad_terminal_id");
  CHECK(code("T-1", "a") == "ok");
  CHECK(code("T-1", "a") == "hub.out_not_empty");
  CHECK(hub.report().terminals == 1);
}

TEST_CASE("an enrolment folder with missing or odd parts is refused") {
  test::HubInProcess hub;
  const test::TempFolder folder;
  (void)must(enrol_terminal(hub.folder(), {"T-7", folder / "t", "https://h"}, hub.clock));
  const auto put = [&](std::string_view text) {
    must(write_file_durably(folder / "t" / "terminal.conf", view_of(text)));
    return test::code_of(store::load_enrolment(folder / "t"));
  };
  CHECK(put("terminal_id = T-7\nepoch = 1\nenrolment_no = 1\n") == "ok");
  CHECK(put("terminal_id = T-7\nepoch = 1\n") == "enrolment.incomplete");
  CHECK(put("terminal_id = T 7\nepoch = 1\nenrolment_no = 1\n") == "enrolment.incomplete");
  CHECK(put("terminal_id = T-7\nepoch = x\nenrolment_no = 1\n") == "config.bad_number");
  (void)put("terminal_id = T-7\nepoch = 1\nenrolment_no = 1\n");
  std::filesystem::remove(folder / "t" / "hub-seal.pub");
  CHECK(test::code_of(store::load_enrolment(folder / "t")) == "file.missing");
}

TEST_CASE("a password in the URL of the database is refused, and nothing is made") {
  const test::TempFolder folder;
  const std::string url = "postgresql://hub:secret@db.example/hub";
  CHECK(test::code_of(init_hub(folder / "hub", {"127.0.0.1"}, url)) == "hub.password_in_url");
  CHECK(test::code_of(init_hub(folder / "hub", {"127.0.0.1"}, "http://[")) == "store.bad_url");
  CHECK_FALSE(std::filesystem::exists(folder / "hub"));
}

TEST_CASE("a database that cannot be reached leaves no hub behind, and one that is a hub's makes no second") {
  const test::TempFolder folder;
  CHECK(test::code_of(init_hub(folder / "none", {"127.0.0.1"},
                               "postgresql:///x?host=" + folder.path().string())) == "store.busy");
  CHECK(std::filesystem::is_empty(folder / "none"));
  if (!test::on_postgresql()) return;
  const test::TestDatabase database;
  must(init_hub(folder / "hub", {"127.0.0.1"}, database.url()));
  (void)must(enrol_terminal(folder / "hub", {"T-7", folder / "t", "https://h"}, FakeClock()));
  CHECK(test::code_of(init_hub(folder / "other", {"127.0.0.1"}, database.url())) == "hub.exists");
}

TEST_CASE("a hub's settings are read, and a misspelt one is told") {
  const test::TempFolder folder;
  must(write_file_durably(folder / "hub.conf", view_of("databse = x\n")));
  CHECK(test::code_of(open_hub_database(folder.path())) == "config.unknown_key");
  must(write_file_durably(folder / "hub.conf", view_of("# none\n")));
  CHECK(open_hub_database(folder.path()).ok());
  CHECK(std::filesystem::exists(folder / "hub.db"));
}

}  // namespace bianmin::hub

// A copy of a hub that works on, and a hub out of it.
#include "sync/hub/backup/backup.hpp"

#include <sys/stat.h>

#include <set>

#include "sync/database/sqlite_copy.hpp"
#include "sync/hub/store/hub_store.hpp"
#include "sync/hub/store/operator_events.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/json.hpp"
#include "tests/sync/hub/proof_hub.hpp"

namespace bianmin {

using hub::BackupProgress;
using test::code_of;
using test::must;

namespace {

const BackupProgress no_progress = [](std::string_view, std::int64_t, std::int64_t) {};

// Numbers of a hub that cannot be right when anything is lost or doubled.
void check_whole(test::HubInProcess& hub, std::int64_t records) {
  const auto report = hub.report();
  CHECK(report.records == records);
  CHECK(report.duplicates == 0);
  CHECK(report.gaps == 0);
  CHECK(report.quarantined == 0);
  CHECK(report.refused == 0);
}

struct BackedUp {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal{hub};
  test::TempFolder folder;
  std::filesystem::path out = folder / "copy";

  BackedUp() {
    for (int count = 0; count < 3; ++count) terminal.save();
    terminal.turn_until_quiet();
    hub.sequence();
  }
  Result<hub::Manifest> back_up(const BackupProgress& progress = no_progress) {
    return hub::back_up_hub(hub.folder(), out, hub.clock, progress);
  }
  Result<hub::Manifest> restore(const std::filesystem::path& to) {
    return hub::restore_hub({out, to, test::on_postgresql() ? test::new_database() : std::string()},
                            hub.clock, no_progress);
  }
};

}  // namespace

TEST_CASE("a copy is of one moment, though terminals upload meanwhile, and a hub out of it goes on") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess stays(hub, "T-0001");
  test::EnrolledTerminalInProcess uploads(hub, "T-0002");
  const test::TempFolder folder;
  const auto first = stays.save();
  stays.save(test::sample_document(first.case_no, Bytes(2'000'000, 'x')));  // some steps of copying
  stays.turn_until_quiet();
  hub.sequence();
  const auto before = hub.report();
  for (int count = 0; count < 5; ++count) stays.save();
  int uploads_meanwhile = 0;
  const auto made = must(hub::back_up_hub(hub.folder(), folder / "copy", hub.clock,
                                          [&](std::string_view what, std::int64_t, std::int64_t) {
                                            if (what != "hub.db" && what != "hub.dump") return;
                                            uploads.save();
                                            uploads.turn_until_quiet();
                                            ++uploads_meanwhile;
                                          }));
  CHECK(uploads_meanwhile > 0);
  CHECK(made.contents.records == before.records);
  REQUIRE(made.contents.trees.size() == 1);
  CHECK(made.contents.trees[0].size == static_cast<std::uint64_t>(before.records));
  hub.restore_from(folder / "copy");
  check_whole(hub, before.records);
  stays.turn_until_quiet();
  check_whole(hub, before.records + 5);
  stays.check_clean();
}

TEST_CASE("the hash tree of a restored hub is the one of before, longer") {
  test::ProofHub at;
  const test::TempFolder folder;
  const auto slip = at.save_case();
  at.terminal.turn_until_quiet();
  at.hub.sequence();
  const auto before = at.head();
  (void)must(hub::back_up_hub(at.hub.folder(), folder / "copy", at.hub.clock, no_progress));
  at.hub.restore_from(folder / "copy", true);
  at.terminal.save();
  at.terminal.turn_until_quiet();
  at.hub.sequence();
  hub::Proofs proofs(at.hub.database(), at.hub.keys());
  const auto consistency = must(proofs.prove_consistency(at.profile(), before.tree.size, 0));
  const auto both = must(proof::check_consistency(proof::encode(consistency), at.key()));
  CHECK(both.earlier.tree.root == before.tree.root);
  CHECK(both.later.tree.size == before.tree.size + 1);
  const auto proof = must(proofs.prove(at.profile(), proof::slip_mark(at.profile(), slip)));
  CHECK(proof::check_proof(proof::encode(proof), slip, at.key()).ok());
}

TEST_CASE("a backup holds the keys and is its owner's alone") {
  BackedUp at;
  const auto manifest = must(at.back_up());
  std::set<std::string> names;
  for (const auto& file : manifest.files) {
    names.insert(file.name);
    struct stat info {};
    REQUIRE(::stat((at.out / file.name).c_str(), &info) == 0);
    CHECK((info.st_mode & 0777U) == 0600U);
    CHECK(file.size == static_cast<std::uint64_t>(info.st_size));
    CHECK(file.sha256 == seal::sha256(must(read_file(at.out / file.name, 1U << 24U))));
  }
  for (const char* name :
       {"hub/ca.key", "hub/custody/seal.key", "hub/receipt.key", "hub/custody/gm-1/seal.key"}) {
    CHECK(names.contains(name));
  }
  CHECK(names.contains(test::on_postgresql() ? "hub.dump" : "hub.db"));
  struct stat info {};
  REQUIRE(::stat(at.out.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0700U);
  CHECK_FALSE(std::filesystem::exists(at.out / "hub" / "hub.db"));
  const auto json = must(parse_json(text_of(must(read_file(at.out / "manifest.json", 1U << 20U)))));
  CHECK(json["records"] == 3);
  CHECK(json["version"] == 1);
}

TEST_CASE("nothing is overwritten, by a backup or by a restore") {
  BackedUp at;
  CHECK(code_of(hub::back_up_hub(at.folder.path(), at.out, at.hub.clock, no_progress)) == "backup.no_hub");
  CHECK(code_of(hub::back_up_hub(at.hub.folder(), at.hub.folder() / "copy", at.hub.clock, no_progress)) ==
        "backup.inside");
  REQUIRE(at.back_up().ok());
  CHECK(code_of(at.back_up()) == "backup.exists");
  CHECK(code_of(at.restore(at.hub.folder())) == "hub.exists");
  CHECK(at.restore(at.folder / "new").ok());
  CHECK(code_of(at.restore(at.folder / "new")) == "hub.exists");
}

TEST_CASE("what is not whole is not restored, and nothing of it is left under the hub's name") {
  BackedUp at;
  const auto manifest = must(at.back_up());
  const auto put = [&](const std::string& name, ByteView bytes) {
    must(write_file_durably(at.out / name, bytes, 0600));
  };
  for (const auto& file : manifest.files) {
    const Bytes good = must(read_file(at.out / file.name, 1U << 24U));
    Bytes bad = good;
    if (bad.empty()) continue;
    bad[bad.size() / 2] ^= 1U;
    put(file.name, bad);
    INFO(file.name);
    CHECK(code_of(at.restore(at.folder / "new")) == "backup.damaged");
    std::filesystem::remove(at.out / file.name);
    CHECK(code_of(at.restore(at.folder / "new")) == "backup.damaged");
    CHECK_FALSE(std::filesystem::exists(at.folder / "new"));
    put(file.name, good);
  }
  const std::string text = text_of(must(read_file(at.out / "manifest.json", 1U << 20U)));
  const auto told = [&](std::string_view what, std::string_view with) {
    std::string changed = text;
    const auto place = changed.find(what);
    REQUIRE(place != std::string::npos);
    changed.replace(place, what.size(), with);
    put("manifest.json", view_of(changed));
    return code_of(at.restore(at.folder / "new"));
  };
  CHECK(told("\"records\": 3", "\"records\": 4") == "backup.damaged");
  CHECK(told("\"version\": 1", "\"version\": 2") == "backup.newer");
  CHECK(told("hub/ca.key", "hub/../../ca.key") == "backup.bad_manifest");
  CHECK(told("\"records\"", "\"recorded\"") == "backup.bad_manifest");
  std::filesystem::remove(at.out / "manifest.json");
  CHECK(code_of(at.restore(at.folder / "new")) == "backup.incomplete");
  put("manifest.json", view_of(text));
  CHECK(at.restore(at.folder / "new").ok());
}

TEST_CASE("a database that is damaged inside is found, and one that is there is not copied over") {
  const test::TempFolder folder;
  const auto path = folder / "some.db";
  const std::string_view schema[] = {"CREATE TABLE one (text TEXT); CREATE INDEX one_text ON one (text)"};
  {
    const auto database = must(database::Database::open(path, schema));
    for (int row = 0; row < 500; ++row)
      must(database->execute("INSERT INTO one VALUES (hex(randomblob(40)))"));
  }
  const auto silent = [](std::int64_t, std::int64_t) {};
  must(database::copy_sqlite(path, folder / "copy.db", silent));
  CHECK(code_of(database::copy_sqlite(path, folder / "copy.db", silent)) == "file.exists");
  CHECK_FALSE(std::filesystem::exists(folder / "copy.db-wal"));
  must(database::check_sqlite(folder / "copy.db"));
  Bytes bytes = must(read_file(folder / "copy.db", 1U << 24U));
  std::fill(bytes.begin() + 12'288, bytes.begin() + 20'480, 0x5A);
  must(write_file_durably(folder / "copy.db", bytes));
  CHECK(code_of(database::check_sqlite(folder / "copy.db")) == "store.corrupt");
}

TEST_CASE("a backup that breaks off has no manifest") {
  BackedUp at;
  std::filesystem::create_directory_symlink("/", at.hub.folder() / "linked");
  CHECK(code_of(at.back_up()) == "backup.strange_file");
  CHECK_FALSE(std::filesystem::exists(at.out / "manifest.json"));
  CHECK(code_of(at.restore(at.folder / "new")) == "backup.incomplete");
}

TEST_CASE("a restored hub gives out no number that the lost time may have given out") {
  BackedUp at;
  (void)must(at.back_up());
  const auto lost =
      must(hub::enrol_terminal(at.hub.folder(), {"T-0009", at.folder / "t9", ""}, at.hub.clock));
  at.hub.restore_from(at.out);
  const auto fresh =
      must(hub::enrol_terminal(at.hub.folder(), {"T-0010", at.folder / "t10", ""}, at.hub.clock));
  CHECK(fresh.enrolment_no > lost.spares.back().enrolment_no);
  at.terminal.save();
  at.terminal.turn_until_quiet();
  CHECK(must(at.hub.database().prepare("SELECT max(entry_no) FROM department_entry").number()) >
        hub::entries_left_out);
  const auto events = must(hub::list_events(at.hub.database()));
  REQUIRE(events.size() == 1);
  CHECK(events[0].kind == "restored");
  CHECK(events[0].detail.find("with 3 records; tree intl-1: 3 leaves, root ") != std::string::npos);
  CHECK(events[0].detail.ends_with("may contradict this hub's"));
}

TEST_CASE("a hub that was stopped before its backup goes on with the next numbers") {
  BackedUp at;
  (void)must(at.back_up());
  at.hub.restore_from(at.out, true);
  at.terminal.save();
  at.terminal.turn_until_quiet();
  CHECK(must(at.hub.database().prepare("SELECT max(entry_no) FROM department_entry").number()) == 4);
}

}  // namespace bianmin

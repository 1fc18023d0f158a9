// The crash file system itself: it loses what a power cut may lose, keeps what was synced, and so finds a
// program that claims too early.
#include "tests/fakes/crash_vfs.hpp"

#include <set>

#include "sync/database/database.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::test {

namespace {

using database::Access;
using database::Database;
using database::Transaction;

constexpr std::string_view schema[] = {"CREATE TABLE t (n INTEGER PRIMARY KEY, filler BLOB)"};
constexpr int rows_max = 12;

Result<std::unique_ptr<Database>> open_at(CrashVfs& vfs) {
  return Database::open("folder/t.db", schema, {.check_integrity = true, .vfs = vfs.name()});
}

Result<void> insert(Database& database, int n) {
  auto insert = database.prepare("INSERT INTO t VALUES (?, zeroblob(900))");
  return insert.bind(n).run();
}

struct Tally {
  int cuts = 0;
  int lost = 0;     // an acknowledged row is not there
  int damaged = 0;  // the file cannot be read any more
};

// Inserts rows one by one, each its own transaction with a checkpoint after some; at every change the power
// goes, with several seeds.
Tally cut_everywhere(const std::string& synchronous) {
  CrashVfs vfs;
  Tally tally;
  int acknowledged = 0;
  const auto look = [&] {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      CrashVfs after(vfs.disk().after_power_cut(seed));
      ++tally.cuts;
      auto database = open_at(after);
      auto count = database ? (*database)->prepare("SELECT count(*) FROM t").number() : database.error();
      if (!count) {
        ++tally.damaged;
      } else if (*count < acknowledged) {
        ++tally.lost;
      }
    }
  };
  {
    const auto database = must(open_at(vfs));
    must(database->execute("PRAGMA synchronous=" + synchronous + "; PRAGMA wal_autocheckpoint=8"));
    vfs.disk().before_change(look);
    for (int n = 1; n <= rows_max; ++n) {
      must(insert(*database, n));
      acknowledged = n;
    }
  }
  look();
  return tally;
}

}  // namespace

TEST_CASE("what was not synced is lost, whole or in torn sectors, and what was synced never is") {
  CrashDisk disk;
  const auto file = disk.create("a/b");
  disk.write(*file, 0, Bytes(2048, 1));
  disk.sync(*file);
  disk.sync_folder("a");
  disk.write(*file, 0, Bytes(1024, 2));
  disk.write(*file, 512, Bytes(2048, 3));
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    const Bytes bytes = disk.after_power_cut(seed).find("a/b")->now;
    REQUIRE((bytes.size() == 2048 || bytes.size() == 2560));
    std::string sectors;
    for (std::size_t at = 0; at < bytes.size(); at += disk_sector_bytes) {
      const std::set<std::uint8_t> values(
          bytes.begin() + static_cast<std::ptrdiff_t>(at),
          bytes.begin() + static_cast<std::ptrdiff_t>(at + disk_sector_bytes));
      REQUIRE(values.size() == 1);
      sectors += std::to_string(*values.begin()) + " ";
    }
    seen.insert(sectors);
  }
  CHECK(seen.contains("1 1 1 1 "));    // nothing
  CHECK(seen.contains("2 3 3 3 3 "));  // everything
  CHECK(seen.contains("1 3 3 3 3 "));  // the later write without the earlier one
  CHECK(seen.contains("2 2 1 1 "));    // torn
  CHECK(seen.size() > 12);
}

TEST_CASE("a file whose folder was never synced may vanish, a removed or renamed one may be there again") {
  const auto names_after = [](const CrashDisk& disk) {
    std::set<std::vector<std::string>> seen;
    for (std::uint64_t seed = 0; seed < 50; ++seed) seen.insert(disk.after_power_cut(seed).names());
    return seen;
  };
  using Seen = std::set<std::vector<std::string>>;
  CrashDisk disk;
  disk.sync(*disk.create("a/b"));
  CHECK(names_after(disk) == Seen{{}, {"a/b"}});
  disk.sync_folder("other");
  CHECK(names_after(disk) == Seen{{}, {"a/b"}});
  disk.sync_folder("a");
  CHECK(names_after(disk) == Seen{{"a/b"}});
  CHECK(disk.rename("a/b", "a/c"));
  CHECK(names_after(disk) == Seen{{"a/b"}, {"a/c"}});
  disk.sync_folder("a");
  CHECK(disk.remove("a/c"));
  CHECK(names_after(disk) == Seen{{}, {"a/c"}});
}

TEST_CASE("after the cut the dead change nothing, and the same seed gives the same disk") {
  CrashVfs vfs;
  const auto dead = must(open_at(vfs));
  must(insert(*dead, 1));
  const std::int64_t changes = vfs.disk().changes();
  vfs.disk().cut_at(changes + 2);
  CHECK(code_of(insert(*dead, 2)) == "store.io");
  CHECK(vfs.disk().off());
  CHECK(code_of(insert(*dead, 3)) == "store.io");
  CHECK(vfs.disk().changes() == changes + 2);
  CHECK(code_of(open_at(vfs)) == "store.io");
  const auto bytes = [&](std::uint64_t seed) {
    return vfs.disk().after_power_cut(seed).find("folder/t.db-wal")->now;
  };
  CHECK(bytes(7) == bytes(7));
  vfs.disk().power_cut(7);
  const auto alive = must(open_at(vfs));
  CHECK(must(alive->prepare("SELECT max(n) FROM t").number()) <= 2);
  CHECK(code_of(insert(*dead, 4)) == "store.io");
  must(insert(*alive, 5));
}

TEST_CASE("several connections share a WAL: readers beside a writer, one writer at a time") {
  CrashVfs vfs;
  const auto one = must(open_at(vfs));
  const auto two = must(open_at(vfs));
  must(insert(*one, 1));
  CHECK(must(two->prepare("SELECT count(*) FROM t").number()) == 1);
  {
    auto writing = must(Transaction::begin(*one));
    must(insert(*one, 2));
    CHECK(must(two->prepare("SELECT count(*) FROM t").number()) == 1);
    CHECK(code_of(Transaction::begin(*two)) == "store.busy");
    must(writing.commit());
  }
  must(insert(*two, 3));
  CHECK(must(one->prepare("SELECT count(*) FROM t").number()) == 3);
  const auto reader = must(Database::open(
      "folder/t.db", {}, {.access = Access::read_only, .check_integrity = true, .vfs = vfs.name()}));
  CHECK(must(reader->prepare("SELECT count(*) FROM t").number()) == 3);
}

TEST_CASE("the mistake is found: synchronous OFF and NORMAL lose an acknowledged row, FULL never does") {
  const Tally off = cut_everywhere("OFF");
  const Tally normal = cut_everywhere("NORMAL");
  const Tally full = cut_everywhere("FULL");
  CHECK(off.lost > 0);
  CHECK(off.damaged > 0);
  CHECK(normal.lost > 0);
  CHECK(normal.damaged == 0);
  CHECK(full.cuts > 500);
  CHECK(full.lost == 0);
  CHECK(full.damaged == 0);
}

TEST_CASE("a call that fails is told with its code, changes nothing, and the next one works") {
  for (const DiskFault fault : {DiskFault::io_error, DiskFault::full}) {
    CrashVfs vfs;
    const auto database = must(open_at(vfs));
    int n = 0;
    int told = 0;
    int told_full = 0;
    for (std::int64_t ahead = 1; ahead < 20; ++ahead) {
      vfs.disk().fail_calls(vfs.disk().calls() + ahead, 1, fault);
      const auto done = insert(*database, ++n);
      if (done) continue;
      ++told;
      // SQLite does not tell why the sync of a commit failed.
      const std::string code = code_of(done);
      CHECK((code == "store.io" || (fault == DiskFault::full && code == "store.disk_full")));
      told_full += code == "store.disk_full" ? 1 : 0;
      CHECK(must(database->prepare("SELECT count(*) FROM t WHERE n = ?").bind(n).number()) == 0);
      must(insert(*database, n));
    }
    CHECK(told > 0);
    CHECK((told_full > 0) == (fault == DiskFault::full));
    CHECK(vfs.disk().failed_calls() >= told);
    CHECK(must(database->prepare("SELECT count(*) FROM t").number()) == n);
  }
}

TEST_CASE("a failed sync never makes its writes safe") {
  CrashDisk disk;
  disk.put("f", Bytes(512, 1));
  const auto file = disk.find("f");
  disk.write(*file, 0, Bytes(512, 2));
  disk.fail_sync(*file);
  CHECK(disk.sync(*file));
  CHECK(file->now == Bytes(512, 2));
  CHECK(disk.after_power_cut(1).find("f")->now == Bytes(512, 1));
}

}  // namespace bianmin::test

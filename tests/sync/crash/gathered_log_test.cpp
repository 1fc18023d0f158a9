// A WAL that is written in one piece for each commit keeps all that SQLite promises without it.
#include "sync/database/database.hpp"
#include "tests/fakes/crash_vfs.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::test {

namespace {

using database::Database;
using database::Transaction;

constexpr std::string_view filler_schema[] = {"CREATE TABLE t (n INTEGER PRIMARY KEY, filler BLOB)"};
constexpr int rows_in_a_commit = 30;

Result<std::unique_ptr<Database>> open_bulk(CrashVfs& vfs, bool bulk = true) {
  return Database::open("folder/t.db", filler_schema,
                        {.check_integrity = true, .bulk = bulk, .vfs = vfs.name()});
}

// So few pages in memory that a transaction writes to the WAL long before its commit.
constexpr const char* little_memory = "PRAGMA cache_size=5; PRAGMA wal_autocheckpoint=40";

Result<void> insert_row(Database& database) {
  return database.execute("INSERT INTO t (filler) VALUES (zeroblob(3000))");
}

Result<void> insert_rows_together(Database& database) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return transaction.error();
  for (int row = 0; row < rows_in_a_commit; ++row) {
    if (auto done = insert_row(database); !done) return done;
  }
  return transaction->commit();
}

std::int64_t rows_of(Database& database) { return must(database.prepare("SELECT count(*) FROM t").number()); }

// Changes of the disk that a commit takes.
std::int64_t changes_for_a_commit(bool bulk) {
  CrashVfs vfs;
  const auto database = must(open_bulk(vfs, bulk));
  must(insert_row(*database));
  const std::int64_t before = vfs.disk().changes();
  must(insert_rows_together(*database));
  return vfs.disk().changes() - before;
}

}  // namespace

TEST_CASE("a commit of many pages is a few writes and one sync") {
  CHECK(changes_for_a_commit(true) <= rows_in_a_commit / 6);  // a piece is 15 pages
  CHECK(changes_for_a_commit(false) > 2 * rows_in_a_commit);
}

TEST_CASE("what a transaction left that was undone is not written over another's commit") {
  CrashVfs vfs;
  const auto first = must(open_bulk(vfs));
  const auto second = must(open_bulk(vfs));
  must(first->execute("PRAGMA cache_size=5"));
  for (int turn = 1; turn <= 5; ++turn) {
    {
      auto undone = must(Transaction::begin(*first));
      for (int row = 0; row < rows_in_a_commit; ++row) must(insert_row(*first));
    }
    must(insert_rows_together(*second));
    CHECK(rows_of(*first) == turn * rows_in_a_commit);
    CHECK(rows_of(*must(open_bulk(vfs))) == turn * rows_in_a_commit);
  }
}

TEST_CASE("the power goes at every change of commits that are larger than the memory for them") {
  CrashVfs vfs;
  int acknowledged = 0;
  int cuts = 0;
  const auto look = [&] {
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
      CrashVfs after(vfs.disk().after_power_cut(seed));
      const auto database = must(open_bulk(after));
      const std::int64_t rows = rows_of(*database);
      ++cuts;
      REQUIRE(rows % rows_in_a_commit == 0);
      REQUIRE(rows >= acknowledged);
      REQUIRE(rows <= acknowledged + rows_in_a_commit);
    }
  };
  {
    const auto database = must(open_bulk(vfs));
    must(database->execute(little_memory));
    vfs.disk().before_change(look);
    for (int commit = 0; commit < 4; ++commit) {
      must(insert_rows_together(*database));
      acknowledged += rows_in_a_commit;
    }
  }
  look();
  CHECK(cuts > 100);
}

TEST_CASE("any call of such a commit may fail: it is told, all or nothing is there, and the next one works") {
  for (const DiskFault fault : {DiskFault::io_error, DiskFault::full}) {
    for (const int length : {1, 3, 1'000'000}) {
      bool reached_end = false;
      for (std::int64_t call = 1; !reached_end; ++call) {
        CrashVfs vfs;
        const auto database = must(open_bulk(vfs));
        must(database->execute(little_memory));
        must(insert_rows_together(*database));
        vfs.disk().fail_calls(vfs.disk().calls() + call, length, fault);
        const bool done = insert_rows_together(*database).ok();
        reached_end = vfs.disk().failed_calls() == 0;
        vfs.disk().fail_calls(0, 0, fault);
        const std::int64_t rows = rows_of(*must(open_bulk(vfs)));
        INFO("call " << call << " of " << length);
        REQUIRE((rows == 2 * rows_in_a_commit || (!done && rows == rows_in_a_commit)));
        must(insert_rows_together(*database));
        REQUIRE(rows_of(*must(open_bulk(vfs))) == rows + rows_in_a_commit);
      }
    }
  }
}

}  // namespace bianmin::test

// What is SQLite's alone; the rest is in contract_test.cpp.
#include "sync/database/database.hpp"

#include "tests/sync/support.hpp"

namespace bianmin::database {

using test::must;

namespace {

constexpr std::string_view first_schema[] = {"CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB, s TEXT);"};

struct Opened {
  test::TempFolder folder;
  std::unique_ptr<Database> database = must(Database::open(folder / "a.db", first_schema));
};

}  // namespace

TEST_CASE("text may hold any byte") {
  Opened a;
  const std::string text("a\0b", 3);
  must(a.database->prepare("INSERT INTO t (s) VALUES (?)").bind(std::string_view(text)).run());
  auto rows = a.database->prepare("SELECT s FROM t");
  REQUIRE(must(rows.step()));
  CHECK(rows.text(0) == text);
}

TEST_CASE("more values than parameters are told when it runs") {
  Opened a;
  CHECK(test::code_of(a.database->prepare("SELECT 1").bind(1).bind(2).step()) == "store.io");
}

TEST_CASE("a reader does not make a file") {
  const test::TempFolder folder;
  CHECK_FALSE(Database::open(folder / "none.db", {}, {.access = Access::read_only}).ok());
}

TEST_CASE("commits are durable: WAL with FULL") {
  Opened a;
  auto mode = a.database->prepare("PRAGMA journal_mode");
  REQUIRE(must(mode.step()));
  CHECK(mode.text(0) == "wal");
  CHECK(must(a.database->prepare("PRAGMA synchronous").number()) == 2);
}

// Closing any descriptor of a file drops all of a process's POSIX locks on it: then whoever closes the file
// elsewhere takes itself for the last one, and deletes the WAL that this process goes on writing.
TEST_CASE("a second connection of one process does not let another process delete the WAL") {
  Opened a;
  must(a.database->execute("INSERT INTO t (s) VALUES ('one')"));
  const auto second = must(Database::open(a.folder / "a.db", first_schema));
  const auto looked =
      test::run_command("python3 -c \"import sqlite3; c = sqlite3.connect('" + (a.folder / "a.db").string() +
                        "'); print(c.execute('SELECT count(*) FROM t').fetchone()[0]); c.close()\"");
  CHECK(looked.output == "1\n");
  must(a.database->execute("INSERT INTO t (s) VALUES ('two')"));
  must(second->execute("INSERT INTO t (s) VALUES ('three')"));
  CHECK(std::filesystem::exists(a.folder / "a.db-wal"));
  const auto third = must(Database::open(a.folder / "a.db", first_schema, {.access = Access::read_only}));
  CHECK(must(third->prepare("SELECT count(*) FROM t").number()) == 3);
}

}  // namespace bianmin::database

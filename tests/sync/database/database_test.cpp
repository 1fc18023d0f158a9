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

}  // namespace bianmin::database

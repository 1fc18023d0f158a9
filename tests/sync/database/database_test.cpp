#include "sync/database/database.hpp"

#include "tests/sync/support.hpp"

namespace bianmin::database {

using test::must;

namespace {

constexpr std::string_view first_schema[] = {"CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB, s TEXT);"};
constexpr std::string_view second_schema[] = {first_schema[0],
                                              "ALTER TABLE t ADD COLUMN n INTEGER DEFAULT 7;"};
constexpr std::string_view broken_schema[] = {first_schema[0], "CREATE TABLE u (a); CREATE TABLE u (a);"};

struct Opened {
  test::TempFolder folder;
  std::unique_ptr<Database> database = must(Database::open(folder / "a.db", first_schema));
  std::int64_t count() { return must(database->prepare("SELECT count(*) FROM t").number()); }
};

}  // namespace

TEST_CASE("values come back as they went in, also empty ones and zeros") {
  Opened a;
  const Bytes bytes = {0, 1, 0, 255};
  const std::string text("a\0b", 3);
  auto insert = a.database->prepare("INSERT INTO t (v, s) VALUES (?, ?)");
  must(insert.bind(ByteView(bytes)).bind(std::string_view(text)).run());
  must(a.database->prepare("INSERT INTO t (v, s) VALUES (?, ?)").bind(ByteView()).bind("").run());
  must(a.database->prepare("INSERT INTO t (v, s) VALUES (?, ?)").bind_null().bind_null().run());
  auto rows = a.database->prepare("SELECT v, s FROM t ORDER BY id");
  REQUIRE(must(rows.step()));
  CHECK(rows.bytes(0) == bytes);
  CHECK(rows.text(1) == text);
  REQUIRE(must(rows.step()));
  CHECK_FALSE(rows.is_null(0));
  CHECK(rows.bytes(0).empty());
  REQUIRE(must(rows.step()));
  CHECK(rows.is_null(0));
  CHECK(rows.is_null(1));
  CHECK_FALSE(must(rows.step()));
}

TEST_CASE("a statement that is asked for again starts anew, and the same one may run twice at once") {
  Opened a;
  for (int id = 1; id <= 3; ++id) must(a.database->prepare("INSERT INTO t (id) VALUES (?)").bind(id).run());
  constexpr std::string_view sql = "SELECT id FROM t WHERE id >= ? ORDER BY id";
  {
    auto outer = a.database->prepare(sql);
    outer.bind(1);
    REQUIRE(must(outer.step()));
    auto inner = a.database->prepare(sql);
    REQUIRE(must(inner.bind(3).step()));
    CHECK(inner.integer(0) == 3);
    CHECK_FALSE(must(inner.step()));
    REQUIRE(must(outer.step()));
    CHECK(outer.integer(0) == 2);  // left in the middle of its rows
  }
  CHECK_FALSE(must(a.database->prepare(sql).step()));  // what was bound before is gone
  auto again = a.database->prepare(sql);
  REQUIRE(must(again.bind(1).step()));
  CHECK(again.integer(0) == 1);
}

TEST_CASE("a transaction that is not committed never was") {
  Opened a;
  {
    const auto transaction = must(Transaction::begin(*a.database));
    must(a.database->prepare("INSERT INTO t (id) VALUES (1)").run());
    CHECK(a.count() == 1);
  }
  CHECK(a.count() == 0);
  auto transaction = must(Transaction::begin(*a.database));
  must(a.database->prepare("INSERT INTO t (id) VALUES (1)").run());
  must(transaction.commit());
  CHECK(a.count() == 1);
}

TEST_CASE("an older file is brought up to date once, with its data") {
  test::TempFolder folder;
  { must(must(Database::open(folder / "a.db", first_schema))->execute("INSERT INTO t (id) VALUES (5)")); }
  for (int round = 0; round < 2; ++round) {
    const auto database = must(Database::open(folder / "a.db", second_schema));
    CHECK(must(database->prepare("SELECT n FROM t WHERE id = 5").number()) == 7);
  }
  CHECK(test::code_of(Database::open(folder / "a.db", first_schema)) == "store.newer");
}

TEST_CASE("a migration that fails leaves the file as it was") {
  test::TempFolder folder;
  { must(Database::open(folder / "a.db", first_schema)); }
  CHECK_FALSE(Database::open(folder / "a.db", broken_schema).ok());
  const auto database = must(Database::open(folder / "a.db", first_schema));
  CHECK(must(database->prepare("SELECT count(*) FROM sqlite_master WHERE name = 'u'").number()) == 0);
}

TEST_CASE("wrong SQL and broken rules are errors when they run") {
  Opened a;
  CHECK(test::code_of(a.database->prepare("SELEC 1").step()) == "store.io");
  CHECK(test::code_of(a.database->prepare("SELECT 1").bind(1).bind(2).step()) == "store.io");
  must(a.database->prepare("INSERT INTO t (id) VALUES (1)").run());
  CHECK_FALSE(a.database->prepare("INSERT INTO t (id) VALUES (1)").run().ok());
  CHECK(a.count() == 1);
}

TEST_CASE("commits are durable: WAL with FULL") {
  Opened a;
  auto mode = a.database->prepare("PRAGMA journal_mode");
  REQUIRE(must(mode.step()));
  CHECK(mode.text(0) == "wal");
  CHECK(must(a.database->prepare("PRAGMA synchronous").number()) == 2);
}

TEST_CASE("a reader may not write") {
  Opened a;
  const auto reader = must(Database::open(a.folder / "a.db", {}, {.access = Access::read_only}));
  CHECK(test::code_of(reader->execute("INSERT INTO t (id) VALUES (1)")) == "store.read_only");
  CHECK_FALSE(Database::open(a.folder / "none.db", {}, {.access = Access::read_only}).ok());
}

}  // namespace bianmin::database

// What is PostgreSQL's alone: connections that are lost, locks, several processes. Without
// BIANMIN_TEST_DATABASE=postgresql only what needs no server.
#include "sync/database/postgres.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "sync/database/placeholders.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/hub/test_database.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::database {

using test::must;

namespace {

constexpr std::string_view counters[] = {
    "CREATE TABLE counter (name TEXT PRIMARY KEY, value BIGINT NOT NULL); INSERT INTO counter VALUES ('a', "
    "0)"};

// Two processes' connections to one database.
struct Pair {
  std::string url = test::new_database();
  std::unique_ptr<Database> one = must(connect(url, counters));
  std::unique_ptr<Database> two = must(connect(url, counters));

  static std::int64_t value(Database& database) {
    return must(database.prepare("SELECT value FROM counter").number());
  }
  static Result<void> add(Database& database) {
    return database.prepare("UPDATE counter SET value = value + 1").run();
  }
  // As a server that restarts does it to everybody.
  void cut(Database& victim) {
    const auto pid = must(victim.prepare("SELECT pg_backend_pid()").number());
    REQUIRE(must(two->prepare(fmt::format("SELECT pg_terminate_backend({}, 5000)", pid)).step()));
  }
};

}  // namespace

TEST_CASE("placeholders are numbered as they stand, and named ones keep their numbers") {
  CHECK(numbered_placeholders("") == "");
  CHECK(numbered_placeholders("a = ? AND b = ?") == "a = $1 AND b = $2");
  CHECK(numbered_placeholders("?1, ?12, ?1") == "$1, $12, $1");
  CHECK(numbered_placeholders("'?' || \"?\" || ?") == "'?' || \"?\" || $1");
  CHECK(numbered_placeholders("'it''s ?' ?") == "'it''s ?' $1");
  CHECK(numbered_placeholders("?") == "$1");
}

TEST_CASE("a password in a URL is seen, and what is no URL is told without repeating it") {
  CHECK(must(has_password("postgresql://hub:secret@db.example/x")));
  CHECK(must(has_password("host=db.example password=secret")));
  CHECK(must(has_password("postgresql:///x?password=secret")));
  CHECK_FALSE(must(has_password("postgresql://hub@db.example/x?passfile=/etc/hub.pgpass")));
  CHECK_FALSE(must(has_password("service=hub")));
  const auto bad = has_password("postgresql://hub:secret@[::1/x");
  CHECK(test::code_of(bad) == "store.bad_url");
  CHECK(bad.error().text().find("secret") == std::string::npos);
}

TEST_CASE("where no server is, and where one listens and says nothing: busy, within the deadline") {
  if (!test::on_postgresql()) return;  // it takes its time
  const test::TempFolder folder;
  const std::string url = "postgresql:///x?host=" + folder.path().string();
  const auto none = connect(url, {});
  CHECK(test::code_of(none) == "store.busy");
  CHECK(none.error().remedy == Remedy::retry_later);
  const FileDescriptor listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (folder / ".s.PGSQL.5432").string().copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listening.get(), 1) == 0);
  const auto before = std::chrono::steady_clock::now();
  CHECK(test::code_of(connect(url, {})) == "store.busy");
  const auto waited = std::chrono::steady_clock::now() - before;
  CHECK(waited >= std::chrono::milliseconds(connect_timeout_ms - 100));
  CHECK(waited < std::chrono::milliseconds(2 * connect_timeout_ms));
}

TEST_CASE("a connection that was cut: reading and beginning go on by themselves, writing is told") {
  if (!test::on_postgresql()) return;
  Pair pair;
  pair.cut(*pair.one);
  CHECK(Pair::value(*pair.one) == 0);
  pair.cut(*pair.one);
  {
    auto transaction = must(Transaction::begin(*pair.one));
    must(Pair::add(*pair.one));
    must(transaction.commit());
  }
  pair.cut(*pair.one);
  CHECK(test::code_of(Pair::add(*pair.one)) == "store.busy");  // it may have been done: not a second time
  must(Pair::add(*pair.one));                                  // the next one is well
  CHECK(Pair::value(*pair.one) == 2);
}

TEST_CASE("a connection that is cut inside a transaction: all of it is undone, and all after it is refused") {
  if (!test::on_postgresql()) return;
  Pair pair;
  {
    auto transaction = must(Transaction::begin(*pair.one));
    must(Pair::add(*pair.one));
    pair.cut(*pair.one);
    CHECK(test::code_of(Pair::add(*pair.one)) == "store.busy");
    CHECK(test::code_of(pair.one->prepare("SELECT value FROM counter").step()) == "store.busy");
    CHECK(test::code_of(transaction.commit()) == "store.busy");
  }
  CHECK(Pair::value(*pair.one) == 0);
  must(Pair::add(*pair.one));
  CHECK(Pair::value(*pair.two) == 1);
}

TEST_CASE("a connection that is cut before statements go together: none of them was run, and the next are") {
  if (!test::on_postgresql()) return;
  Pair pair;
  const auto add_twice = [&] {
    std::vector<Statement> adding;
    for (int count = 0; count < 2; ++count) {
      adding.push_back(pair.one->prepare("UPDATE counter SET value = value + 1"));
    }
    return adding;
  };
  {
    auto transaction = must(Transaction::begin(*pair.one));
    auto adding = add_twice();
    must(adding.front().run());
    pair.cut(*pair.one);
    CHECK(test::code_of(transaction.commit_with(adding)) == "store.busy");
  }
  CHECK(Pair::value(*pair.two) == 0);
  {
    auto adding = add_twice();
    pair.cut(*pair.one);
    const auto transaction = must(Transaction::begin_with(*pair.one, adding));  // opened again for it
    CHECK(Pair::value(*pair.one) == 2);
  }
  CHECK(Pair::value(*pair.two) == 0);
  {
    auto transaction = must(Transaction::begin(*pair.one));
    auto adding = add_twice();
    must(transaction.commit_with(adding));
  }
  CHECK(Pair::value(*pair.two) == 2);
  {
    auto transaction = must(Transaction::begin(*pair.one));
    CHECK_FALSE(pair.one->prepare("INSERT INTO counter VALUES ('a', 1)").run().ok());
    auto adding = add_twice();
    CHECK_FALSE(transaction.commit_with(adding).ok());  // the transaction had failed before
  }
  CHECK(Pair::value(*pair.one) == 2);
}

TEST_CASE("after an error nothing of the transaction is committed, although the rest of it ran") {
  if (!test::on_postgresql()) return;
  Pair pair;
  {
    auto transaction = must(Transaction::begin(*pair.one));
    must(Pair::add(*pair.one));
    CHECK_FALSE(pair.one->prepare("INSERT INTO counter VALUES ('a', 1)").run().ok());
    CHECK(test::code_of(transaction.commit()) == "store.busy");
  }
  CHECK(Pair::value(*pair.one) == 0);
}

TEST_CASE("a locked row makes the other wait, and a lock that lasts is busy") {
  if (!test::on_postgresql()) return;
  Pair pair;
  must(pair.two->execute("SET lock_timeout = 100"));
  constexpr std::string_view lock = "SELECT value FROM counter WHERE name = 'a'";
  {
    auto holding = must(Transaction::begin(*pair.one));
    REQUIRE(must(pair.one->prepare_locking(lock).step()));
    CHECK(must(pair.two->prepare(lock).step()));  // readers do not wait
    auto waiting = must(Transaction::begin(*pair.two));
    CHECK(test::code_of(pair.two->prepare_locking(lock).step()) == "store.busy");
  }
  auto free = must(Transaction::begin(*pair.two));
  CHECK(must(pair.two->prepare_locking(lock).step()));
}

TEST_CASE("two that wait for each other: one is told to try again, the other goes on") {
  if (!test::on_postgresql()) return;
  Pair pair;
  must(pair.one->execute("INSERT INTO counter VALUES ('b', 0); SET deadlock_timeout = 20"));
  must(pair.two->execute("SET deadlock_timeout = 20"));
  const auto both = [](Database& database, const char* first, const char* second) -> Result<void> {
    for (int attempt = 0; attempt < 10; ++attempt) {
      auto transaction = Transaction::begin(database);
      if (!transaction) return transaction.error();
      Result<void> done;
      for (const char* name : {first, second}) {
        if (done)
          done = database.prepare("UPDATE counter SET value = value + 1 WHERE name = ?").bind(name).run();
      }
      if (done) done = transaction->commit();
      if (done || done.error().code != "store.busy") return done;
    }
    return Error{Remedy::retry_later, "store.busy", "ten times"};
  };
  bool other_done = true;
  std::thread other([&] {
    for (int round = 0; round < 20; ++round) other_done &= both(*pair.two, "b", "a").ok();
  });
  bool done = true;
  for (int round = 0; round < 20; ++round) done &= both(*pair.one, "a", "b").ok();
  other.join();
  CHECK(done);
  CHECK(other_done);
  CHECK(must(pair.one->prepare("SELECT count(*) FROM counter WHERE value = 40").number()) == 2);
}

TEST_CASE("several that start at once over an empty database: one makes the schema, all are well") {
  if (!test::on_postgresql()) return;
  const std::string url = test::new_database();
  std::vector<std::string> codes(4);
  std::vector<std::thread> threads;
  for (auto& code : codes) threads.emplace_back([&] { code = test::code_of(connect(url, counters)); });
  for (auto& thread : threads) thread.join();
  for (const auto& code : codes) CHECK(code == "ok");
  CHECK(must(must(connect(url, counters))->prepare("SELECT count(*) FROM counter").number()) == 1);
}

TEST_CASE("a server that restarts: busy while it is away, and then everything goes on") {
  if (!test::on_postgresql()) return;
  const test::TempFolder folder;
  test::PostgresServer server(folder / "data", {"fsync=off"});
  server.make_database("x");
  const auto database = must(connect(server.url("x"), counters));
  for (const int how : {SIGINT, SIGQUIT}) {
    server.stop(how);
    CHECK(test::code_of(Pair::add(*database)) == "store.busy");
    CHECK(test::code_of(Transaction::begin(*database)) == "store.busy");
    server.start();
    std::this_thread::sleep_for(std::chrono::milliseconds(connect_pause_ms));
    must(Pair::add(*database));
  }
  CHECK(Pair::value(*database) == 2);
}

}  // namespace bianmin::database

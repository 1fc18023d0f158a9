#include "tests/sync/hub/test_database.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "sync/database/postgres.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::test {

namespace {

// What a hub writes, without the schema: to make one anew takes a second.
constexpr std::string_view emptied =
    "DELETE FROM enrolment; DELETE FROM record; DELETE FROM known_record; DELETE FROM rated_case; "
    "DELETE FROM payload; DELETE FROM quarantine; DELETE FROM case_file; DELETE FROM department_entry; "
    "DELETE FROM filing; DELETE FROM bad_news; DELETE FROM filed_count; DELETE FROM department_cursor; "
    "DELETE FROM certificate; "
    "DELETE FROM operator_event; DELETE FROM gap; DELETE FROM proof_tree; DELETE FROM proof_tile; "
    "DELETE FROM proof_leaf; DELETE FROM proof_head; DELETE FROM proof_stamp; ALTER TABLE enrolment ALTER "
    "COLUMN enrolment_no RESTART; "
    "ALTER TABLE department_entry ALTER COLUMN entry_no RESTART; "
    "ALTER TABLE operator_event ALTER COLUMN id RESTART;";

// The server that all cases of a test program share. Nothing of it has to outlive the machine.
struct SharedServer {
  TempFolder folder;
  PostgresServer server{folder / "data",
                        {"fsync=off", "full_page_writes=off", "autovacuum=off", "wal_level=minimal",
                         "max_wal_senders=0", "jit=off"}};
  std::vector<std::string> idle;
  int made_count = 0;

  static SharedServer& get() {
    static SharedServer shared;
    return shared;
  }
};

}  // namespace

bool on_postgresql() {
  const char* text = std::getenv("BIANMIN_TEST_DATABASE");
  return text != nullptr && std::string_view(text) == "postgresql";
}

std::string new_database() {
  SharedServer& shared = SharedServer::get();
  const std::string name = fmt::format("test_{}", ++shared.made_count);
  shared.server.make_database(name);
  return shared.server.url(name);
}

TestDatabase::TestDatabase() {
  if (!on_postgresql()) return;
  SharedServer& shared = SharedServer::get();
  if (shared.idle.empty()) {
    url_ = new_database();
    return;
  }
  url_ = shared.idle.back();
  shared.idle.pop_back();
  const auto database = must(database::connect(url_, {}, database::Access::read_only));
  must(database->execute("SET default_transaction_read_only = off"));
  must(database->execute(emptied));
}

TestDatabase::~TestDatabase() {
  if (!url_.empty()) SharedServer::get().idle.push_back(url_);
}

}  // namespace bianmin::test

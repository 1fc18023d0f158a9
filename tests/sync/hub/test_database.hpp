// The database of the hubs that tests make: hub.db in their folder, or, with
// BIANMIN_TEST_DATABASE=postgresql, one on a PostgreSQL server of this process's own.
#pragma once

#include <string>

#include "tests/fakes/postgres_server.hpp"

namespace bianmin::test {

bool on_postgresql();  // as the environment says

// The URL of a new and empty database of this process's server.
std::string new_database();

// One database of this process's server for a hub, emptied of what was before; or none.
class TestDatabase {
 public:
  TestDatabase();
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;
  const std::string& url() const { return url_; }  // empty: hub.db is it

 private:
  std::string url_;
};

}  // namespace bianmin::test

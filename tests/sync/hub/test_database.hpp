// The database of the hubs that tests make: hub.db in their folder, or, with
// BIANMIN_TEST_DATABASE=postgresql, one on a PostgreSQL server of this process's own.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/piped_process.hpp"

namespace bianmin::test {

bool on_postgresql();  // as the environment says

// A server out of Debian's package, behind a UNIX socket. Run by root, it is the user postgres.
class PostgresServer {
 public:
  // `data`: where its files are to be, but for its log of writes; must be its alone, and empty. `settings`:
  // as in its configuration.
  PostgresServer(const std::filesystem::path& data, std::vector<std::string> settings);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  void start();
  void stop(int signal);  // SIGTERM waits for clients, SIGINT does not, SIGQUIT and SIGKILL are crashes
  bool running() const { return process_.running(); }
  std::string url(const std::string& database) const;
  void make_database(const std::string& name);
  std::string log() const;

 private:
  std::vector<std::string> as_its_user(std::vector<std::string> command) const;
  std::filesystem::path folder_;  // socket and log
  std::filesystem::path data_;
  std::vector<std::string> settings_;
  Process process_;
};

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

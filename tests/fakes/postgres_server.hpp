// PostgreSQL for tests and benches.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/piped_process.hpp"

namespace bianmin::test {

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

}  // namespace bianmin::test

// Runs the real programs.
#pragma once

#include <filesystem>
#include <string>

#include "terminal/base/json.hpp"
#include "tests/piped_process.hpp"
#include "tests/sync/hub/test_database.hpp"

namespace bianmin::test {

std::string program(const std::string& name);  // its path in the build

// A folder with an initialised hub and an enrolled terminal.
class Site {
 public:
  Site();
  Process start_hub(const std::vector<std::string>& options = {});  // on the same port each time
  Process start_agent(const std::string& hub_url = {});
  Json report() const;
  std::string hub_url() const { return "https://127.0.0.1:" + std::to_string(port_); }
  std::filesystem::path hub() const { return folder_ / "hub"; }
  std::filesystem::path terminal() const { return folder_ / "t"; }
  std::filesystem::path journal() const { return terminal() / "journal.db"; }
  std::string stderr_of(const std::string& name) const;
  int port() const { return port_; }
  ~Site();

 private:
  TestDatabase database_;
  std::filesystem::path folder_;
  int port_ = 0;
};

}  // namespace bianmin::test

// A folder that goes with its test.
#pragma once

#include <stdlib.h>

#include <filesystem>

namespace bianmin {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    char name[] = "/tmp/bianmin-session-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace bianmin

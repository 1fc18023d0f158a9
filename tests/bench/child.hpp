// A program that a bench starts: its stdout in a pipe, its stderr in a file; killed and reaped at the end.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "terminal/base/files.hpp"

namespace bianmin::bench {

class Child {
 public:
  Child() = default;
  Child(const std::vector<std::string>& command, const std::filesystem::path& stderr_file);
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;

  // Waits for a line that starts so; ends the bench when there is none in `patience_ms`.
  std::string line(const std::string& start);
  std::vector<std::string> lines_so_far();  // whole ones; all of them once it is stopped
  void stop(int signal);
  bool running() const { return pid_ > 0; }

 private:
  bool read_more(int timeout_ms);
  pid_t pid_ = -1;
  FileDescriptor out_;
  std::string buffer_;
  std::vector<std::string> lines_;
};

}  // namespace bianmin::bench

// A program that a test or a bench starts, and whose lines it reads.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "terminal/base/files.hpp"

namespace bianmin::test {

// A child with its stdout in a pipe and its stderr in a file; killed and reaped at the end.
class Process {
 public:
  Process() = default;
  Process(const std::vector<std::string>& command, const std::filesystem::path& stderr_file);
  ~Process() { stop(9); }
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;

  // Reads stdout until a whole line that starts with `start`; "" when it ends or `timeout_ms` is over.
  std::string wait_for_line(const std::string& start, int timeout_ms = 20'000);
  std::vector<std::string> lines_so_far();  // whole lines only; after stop() all of them
  int stop(int signal);                     // sends it, waits, returns the wait status
  void signal(int signal) const;            // sends it and goes on
  bool running() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }

 private:
  bool read_more(int timeout_ms);
  pid_t pid_ = -1;
  FileDescriptor out_;
  std::string buffer_;
  std::vector<std::string> lines_;
};

}  // namespace bianmin::test

// One child process: start it, wait for it with a limit, end it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "terminal/base/result.hpp"

namespace bianmin {

struct Command {
  std::vector<std::string> words;            // program and arguments; a program without '/' is looked up in PATH
  std::map<std::string, std::string> env;    // added to this process's own environment
  std::filesystem::path output;              // stdout and stderr are appended here; empty: shared with this process
  int input_fd = -1;                         // becomes stdin; negative: shared with this process
  bool own_group = false;                    // signals go to the whole group of the child
};

// How a process ended.
struct ExitStatus {
  bool by_signal = false;
  int value = 0;  // exit code, or the number of the signal
  bool clean() const { return !by_signal && value == 0; }
};

// Owns the process: the destructor kills and reaps what still runs. Thread-bound.
class ChildProcess {
 public:
  // Error "process.not_started" with the reason, also when the program does not exist.
  static Result<ChildProcess> start(const Command& command);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  bool running();                                          // reaps it when it has ended
  std::optional<ExitStatus> wait(std::int64_t timeout_ms);  // blocks; empty: still running
  void signal(int number);                                 // nothing happens when it has ended
  // SIGTERM, then SIGKILL after `grace_ms`; blocks until it is reaped.
  ExitStatus stop(std::int64_t grace_ms);

 private:
  ChildProcess(pid_t pid, bool own_group) : pid_(pid), own_group_(own_group) {}
  pid_t pid_ = -1;
  bool own_group_ = false;
  std::optional<ExitStatus> ended_;
};

}  // namespace bianmin

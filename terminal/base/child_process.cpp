#include "terminal/base/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "terminal/base/files.hpp"

extern char** environ;

namespace bianmin {

namespace {

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!added.contains(std::string(text.substr(0, text.find('='))))) out.emplace_back(text);
  }
  for (const auto& [name, value] : added) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

// In the child, between fork and exec: async-signal-safe calls only.
[[noreturn]] void become(char* const* words, char* const* env, int input_fd, int output_fd, bool own_group,
                         int report_fd) {
  if (input_fd >= 0) ::dup2(input_fd, STDIN_FILENO);
  if (own_group) ::setpgid(0, 0);
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (output_fd >= 0) {
    ::dup2(output_fd, STDOUT_FILENO);
    ::dup2(output_fd, STDERR_FILENO);
  }
  ::execvpe(words[0], words, env);
  const int failed = errno;
  (void)!::write(report_fd, &failed, sizeof failed);
  ::_exit(127);
}

ExitStatus decode(int status) {
  if (WIFSIGNALED(status)) return {true, WTERMSIG(status)};
  return {false, WEXITSTATUS(status)};
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const Command& command) {
  const auto failed = [&](int errno_value) {
    const std::string program = command.words.empty() ? "(nothing)" : command.words[0];
    return Error{Remedy::call_staff, "process.not_started",
                 program + ": " + std::generic_category().message(errno_value)};
  };
  if (command.words.empty()) return failed(EINVAL);
  std::vector<std::string> words = command.words;
  std::vector<std::string> env = merged_environment(command.env);
  const std::vector<char*> word_pointers = pointers(words);
  const std::vector<char*> env_pointers = pointers(env);
  FileDescriptor output;
  if (!command.output.empty()) {
    output.reset(::open(command.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!output.valid()) return failed(errno);
  }
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failed(errno);
  FileDescriptor read_end(ends[0]);
  FileDescriptor write_end(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return failed(errno);
  if (pid == 0) {
    become(word_pointers.data(), env_pointers.data(), command.input_fd, output.get(), command.own_group,
           write_end.get());
  }
  write_end.reset();
  int exec_errno = 0;
  ssize_t got = 0;
  while ((got = ::read(read_end.get(), &exec_errno, sizeof exec_errno)) < 0 && errno == EINTR) {
  }
  if (got == static_cast<ssize_t>(sizeof exec_errno)) {
    ::waitpid(pid, nullptr, 0);
    return failed(exec_errno);
  }
  return ChildProcess(pid, command.own_group);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(other.pid_), own_group_(other.own_group_), ended_(other.ended_) {
  other.pid_ = -1;
}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this != &other) {
    stop(0);
    pid_ = other.pid_;
    own_group_ = other.own_group_;
    ended_ = other.ended_;
    other.pid_ = -1;
  }
  return *this;
}

ChildProcess::~ChildProcess() { stop(0); }

bool ChildProcess::running() {
  if (pid_ < 0 || ended_) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return true;
  ended_ = decode(status);
  return false;
}

std::optional<ExitStatus> ChildProcess::wait(std::int64_t timeout_ms) {
  if (!running()) return ended_;
  const FileDescriptor watch(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (watch.valid()) {
    pollfd ready{watch.get(), POLLIN, 0};
    ::poll(&ready, 1, static_cast<int>(timeout_ms));
  }
  if (running()) return std::nullopt;
  return ended_;
}

void ChildProcess::signal(int number) {
  if (running()) ::kill(own_group_ ? -pid_ : pid_, number);
}

ExitStatus ChildProcess::stop(std::int64_t grace_ms) {
  if (grace_ms > 0) {
    signal(SIGTERM);
    wait(grace_ms);
  }
  while (running()) {
    signal(SIGKILL);
    wait(1000);
  }
  return ended_.value_or(ExitStatus{});
}

}  // namespace bianmin

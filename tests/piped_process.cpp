#include "tests/piped_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <utility>

namespace bianmin::test {

Process::Process(const std::vector<std::string>& command, const std::filesystem::path& stderr_file) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(ends[1], 1);
    const int log = ::open(stderr_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(log, 2);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  out_.reset(ends[0]);
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      out_(std::move(other.out_)),
      buffer_(std::move(other.buffer_)),
      lines_(std::move(other.lines_)) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this == &other) return *this;
  stop(9);
  pid_ = std::exchange(other.pid_, -1);
  out_ = std::move(other.out_);
  buffer_ = std::move(other.buffer_);
  lines_ = std::move(other.lines_);
  return *this;
}

bool Process::read_more(int timeout_ms) {
  pollfd waiting{out_.get(), POLLIN, 0};
  if (!out_.valid() || ::poll(&waiting, 1, timeout_ms) <= 0) return false;
  char block[4096];
  const ssize_t got = ::read(out_.get(), block, sizeof block);
  if (got <= 0) {
    out_.reset();
    return false;
  }
  buffer_.append(block, static_cast<std::size_t>(got));
  for (std::size_t end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n')) {
    lines_.push_back(buffer_.substr(0, end));
    buffer_.erase(0, end + 1);
  }
  return true;
}

std::string Process::wait_for_line(const std::string& start, int timeout_ms) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  for (std::size_t at = 0;;) {
    for (; at < lines_.size(); ++at) {
      if (lines_[at].starts_with(start)) return lines_[at];
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0 || !read_more(static_cast<int>(left.count()))) return {};
  }
}

std::vector<std::string> Process::lines_so_far() {
  while (read_more(0)) {
  }
  return lines_;
}

void Process::signal(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

int Process::stop(int signal) {
  if (pid_ <= 0) return -1;
  ::kill(pid_, signal);
  int status = -1;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

}  // namespace bianmin::test

#include "tests/bench/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "tests/bench/report.hpp"

namespace bianmin::bench {

namespace {
constexpr int patience_ms = 20'000;
}  // namespace

Child::Child(const std::vector<std::string>& command, const std::filesystem::path& stderr_file) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));  // NOLINT: execv
  words.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(::open(stderr_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  out_.reset(ends[0]);
}

Child::~Child() { stop(SIGKILL); }

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      out_(std::move(other.out_)),
      buffer_(std::move(other.buffer_)),
      lines_(std::move(other.lines_)) {}

Child& Child::operator=(Child&& other) noexcept {
  if (this == &other) return *this;
  stop(SIGKILL);
  pid_ = std::exchange(other.pid_, -1);
  out_ = std::move(other.out_);
  buffer_ = std::move(other.buffer_);
  lines_ = std::move(other.lines_);
  return *this;
}

bool Child::read_more(int timeout_ms) {
  pollfd waiting{out_.get(), POLLIN, 0};
  if (!out_.valid() || ::poll(&waiting, 1, timeout_ms) <= 0) return false;
  char block[4096];
  const ssize_t got = ::read(out_.get(), block, sizeof block);
  if (got <= 0) {
    out_.reset();
    return false;
  }
  buffer_.append(block, static_cast<std::size_t>(got));
  for (auto end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n')) {
    lines_.push_back(buffer_.substr(0, end));
    buffer_.erase(0, end + 1);
  }
  return true;
}

std::string Child::line(const std::string& start) {
  const auto begun = Steady::now();
  for (std::size_t at = 0;;) {
    for (; at < lines_.size(); ++at) {
      if (lines_[at].starts_with(start)) return lines_[at];
    }
    const int left_ms = patience_ms - static_cast<int>(since_us(begun) / 1'000);
    if (left_ms > 0 && read_more(left_ms)) continue;
    fmt::print(stderr, "bench: a program does not say '{}'\n", start);
    std::exit(1);
  }
}

std::vector<std::string> Child::lines_so_far() {
  while (read_more(0)) {
  }
  return lines_;
}

void Child::stop(int signal) {
  if (pid_ <= 0) return;
  ::kill(pid_, signal);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

}  // namespace bianmin::bench

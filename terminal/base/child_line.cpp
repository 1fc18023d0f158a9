#include "terminal/base/child_line.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "terminal/base/files.hpp"

namespace bianmin {

namespace {
constexpr int stop_look_ms = 50;  // how often a waiting parent looks whether it shall stop
}  // namespace

ChildLine::ChildLine(int fd, int deadline_ms, std::stop_token stop, Errors errors)
    : fd_(fd),
      until_(std::chrono::steady_clock::now() + std::chrono::milliseconds(deadline_ms)),
      stop_(std::move(stop)),
      errors_(std::move(errors)) {}

Result<void> ChildLine::wait(short events) const {
  for (;;) {
    if (stop_.stop_requested()) return errors_.stopped;
    const auto left_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(until_ - std::chrono::steady_clock::now())
            .count();
    if (left_ms <= 0) return errors_.slow;
    pollfd ready{fd_, events, 0};
    const int most_ms = static_cast<int>(std::min<std::int64_t>(left_ms, stop_look_ms));
    if (::poll(&ready, 1, most_ms) > 0) return {};
  }
}

Result<void> ChildLine::send(ByteView bytes) const {
  while (!bytes.empty()) {
    if (auto ready = wait(POLLOUT); !ready) return ready;
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count <= 0) return errors_.died;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> ChildLine::fill(std::span<std::uint8_t> room) const {
  while (!room.empty()) {
    if (auto ready = wait(POLLIN); !ready) return ready;
    const ssize_t count = ::recv(fd_, room.data(), room.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count <= 0) return errors_.died;
    room = room.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

bool read_whole(std::span<std::uint8_t> room) {
  while (!room.empty()) {
    const ssize_t count = ::read(STDIN_FILENO, room.data(), room.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    room = room.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

bool write_whole(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(STDIN_FILENO, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

bool renounce_rights() {
  const FileDescriptor nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  const rlimit none{0, 0};
  const bool quiet = nowhere.valid() && ::dup2(nowhere.get(), STDOUT_FILENO) >= 0 &&
                     ::dup2(nowhere.get(), STDERR_FILENO) >= 0;
  const bool child = ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::prctl(PR_SET_DUMPABLE, 0) == 0;
  const bool no_more = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  const bool no_files = ::setrlimit(RLIMIT_CORE, &none) == 0 && ::setrlimit(RLIMIT_FSIZE, &none) == 0;
  return quiet && child && no_more && no_files;
}

}  // namespace bianmin

#include "terminal/supervisor.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <algorithm>

#include "terminal/base/child_process.hpp"
#include "terminal/base/files.hpp"

namespace bianmin {

namespace {

constexpr std::int64_t first_pause_ms = 200;
constexpr std::int64_t longest_pause_ms = 3'000;
constexpr std::int64_t stop_grace_ms = 10'000;   // longer than a session takes to end in order
constexpr std::int64_t stable_after_ms = 1'000;  // who lived this long had come up: the pauses begin anew

sigset_t watched_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) ::sigaddset(&set, number);
  return set;
}

// Waits for a signal; 0 when the time is over (-1: no limit).
int next_signal(int signal_fd, std::int64_t timeout_ms) {
  pollfd ready{signal_fd, POLLIN, 0};
  if (::poll(&ready, 1, static_cast<int>(timeout_ms)) <= 0) return 0;
  signalfd_siginfo info{};
  if (::read(signal_fd, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return 0;
  return static_cast<int>(info.ssi_signo);
}

// True when the process was told to end while waiting.
bool told_to_end(int signal_fd, std::int64_t timeout_ms) {
  const int number = next_signal(signal_fd, timeout_ms);
  return number == SIGTERM || number == SIGINT || number == SIGHUP;
}

// True when the process was told to end meanwhile, as it is when the machine goes down.
bool power_off(const std::vector<std::string>& command, int signal_fd, Log& log) {
  if (command.empty()) return false;
  log.write(LogLevel::warning, "supervisor", "power-off", {});
  auto going = ChildProcess::start({command, {}, {}, false});
  if (!going) {
    log.error("supervisor", "power-off-failed", going.error());
    return false;
  }
  const SystemClock clock;
  const std::int64_t until_ms = clock.steady_ms() + power_off_wait_ms;
  while (const std::int64_t left_ms = std::max<std::int64_t>(until_ms - clock.steady_ms(), 0)) {
    if (told_to_end(signal_fd, left_ms)) return true;
    if (going->running()) continue;
    const ExitStatus end = *going->wait(0);
    if (end.clean()) continue;
    log.write(LogLevel::error, "supervisor", "power-off-failed", {{"value", std::to_string(end.value)}});
    return false;
  }
  return false;
}

}  // namespace

int supervise(const std::vector<std::string>& session_command,
              const std::vector<std::string>& power_off_command, Log& log) {
  const sigset_t set = watched_signals();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  const FileDescriptor signals(::signalfd(-1, &set, SFD_CLOEXEC));
  const SystemClock clock;
  std::int64_t pause_ms = first_pause_ms;
  bool reader_empty = false;
  bool tampered = false;
  for (;;) {
    const std::int64_t started_ms = clock.steady_ms();
    std::vector<std::string> command = session_command;
    if (reader_empty) command.emplace_back(reader_empty_option);
    if (tampered) command.emplace_back(tampered_option);
    auto session = ChildProcess::start({std::move(command), {}, {}, false});
    if (!session) {
      log.error("supervisor", "session-not-started", session.error());
      return session_refused;
    }
    while (session->running()) {
      if (told_to_end(signals.get(), -1)) {
        session->stop(stop_grace_ms);
        return 0;
      }
    }
    const ExitStatus end = *session->wait(0);
    if (!end.by_signal && end.value == session_refused) return session_refused;
    if (!end.by_signal && end.value == session_closed) return 0;
    reader_empty = !end.by_signal && end.value == session_over_reader_empty;
    const bool power_out = !end.by_signal && end.value == session_power_off;
    if (power_out && power_off(power_off_command, signals.get(), log)) return 0;
    const bool closed = !end.by_signal && end.value == session_tampered;
    if (end.clean() || reader_empty || closed) tampered = closed;  // a crash opens nothing
    if (end.clean() || reader_empty || power_out || closed) {
      pause_ms = first_pause_ms;
      continue;
    }
    log.write(LogLevel::error, "supervisor", "session-crashed",
              {{"how", end.by_signal ? "signal" : "exit"}, {"value", std::to_string(end.value)}});
    if (clock.steady_ms() - started_ms > stable_after_ms) pause_ms = first_pause_ms;
    if (told_to_end(signals.get(), pause_ms)) return 0;
    pause_ms = std::min(pause_ms * 2, longest_pause_ms);
  }
}

}  // namespace bianmin

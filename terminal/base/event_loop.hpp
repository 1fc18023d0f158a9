// The one event loop of a process: timers, file descriptors, and tasks posted from other threads.
#pragma once

#include <poll.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "terminal/base/clock.hpp"
#include "terminal/base/result.hpp"

namespace bianmin {

// How the loop sleeps. PollWaiter is the usual one; the SDL screen brings its own, because SDL has to own the
// wait on the display connection.
class Waiter {
 public:
  virtual ~Waiter() = default;
  // Sleeps until one of `fds` is ready, wake() is called, or the time is over (-1: no limit). Loop thread.
  virtual void wait(int timeout_ms, std::span<pollfd> fds) = 0;
  virtual void wake() = 0;                  // thread-safe
  virtual bool supports_fds() const = 0;
};

class PollWaiter : public Waiter {
 public:
  PollWaiter();
  ~PollWaiter() override;
  PollWaiter(const PollWaiter&) = delete;
  PollWaiter& operator=(const PollWaiter&) = delete;
  void wait(int timeout_ms, std::span<pollfd> fds) override;
  void wake() override;
  bool supports_fds() const override { return true; }

 private:
  int event_fd_;
};

// Thread-bound to the thread that calls run(), except post() and quit(), which are thread-safe.
// Tasks run one after the other and never inside a call of the loop's own functions.
class EventLoop {
 public:
  using Task = std::function<void()>;
  using TimerId = std::uint64_t;

  explicit EventLoop(const Clock& clock, std::unique_ptr<Waiter> waiter = nullptr);

  void post(Task task);                        // thread-safe; runs on the loop, in the order of posting
  TimerId after(std::int64_t delay_ms, Task task);  // once
  void cancel(TimerId timer);                  // unknown or fired: nothing happens
  // Calls `ready` with the poll events while `fd` is watched. The caller keeps the fd open until unwatch().
  // Error "loop.no_fds" when this loop's waiter cannot watch descriptors.
  Result<void> watch(int fd, short events, std::function<void(short)> ready);
  void unwatch(int fd);

  int run();                        // until quit(); returns the code given to it
  void quit(int exit_code);         // thread-safe
  // One turn: waits at most `wait_max_ms` for something to do, then does all that is due. For tests and for
  // programs that have another loop around.
  void run_once(std::int64_t wait_max_ms);

  const Clock& clock() const { return clock_; }

 private:
  struct Watch {
    short events;
    std::shared_ptr<std::function<void(short)>> ready;
  };
  int timeout_until_next_timer(std::int64_t wait_max_ms) const;
  void run_posted();
  void run_due_timers();
  void run_ready(std::span<const pollfd> fds);

  const Clock& clock_;
  std::unique_ptr<Waiter> waiter_;
  std::mutex mutex_;  // guards posted_, quit_, exit_code_
  std::vector<Task> posted_;
  bool quit_ = false;
  int exit_code_ = 0;
  std::map<std::pair<std::int64_t, TimerId>, Task> timers_;
  std::map<TimerId, std::int64_t> due_ms_;
  std::map<int, Watch> watches_;
  TimerId last_timer_ = 0;
};

}  // namespace bianmin

#include "terminal/base/event_loop.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace bianmin {

PollWaiter::PollWaiter() : event_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (event_fd_ < 0) std::abort();  // out of descriptors at start: nothing can work
}

PollWaiter::~PollWaiter() { ::close(event_fd_); }

void PollWaiter::wait(int timeout_ms, std::span<pollfd> fds) {
  std::vector<pollfd> all(fds.begin(), fds.end());
  all.push_back({event_fd_, POLLIN, 0});
  if (::poll(all.data(), all.size(), timeout_ms) <= 0) return;
  if (all.back().revents != 0) {
    std::uint64_t count = 0;
    (void)!::read(event_fd_, &count, sizeof count);
  }
  for (std::size_t i = 0; i < fds.size(); ++i) fds[i].revents = all[i].revents;
}

void PollWaiter::wake() {
  const std::uint64_t one = 1;
  (void)!::write(event_fd_, &one, sizeof one);
}

EventLoop::EventLoop(const Clock& clock, std::unique_ptr<Waiter> waiter)
    : clock_(clock), waiter_(waiter ? std::move(waiter) : std::make_unique<PollWaiter>()) {}

void EventLoop::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(task));
  }
  waiter_->wake();
}

EventLoop::TimerId EventLoop::after(std::int64_t delay_ms, Task task) {
  const TimerId id = ++last_timer_;
  const std::int64_t due_ms = clock_.steady_ms() + std::max<std::int64_t>(delay_ms, 0);
  due_ms_[id] = due_ms;
  timers_.emplace(std::pair{due_ms, id}, std::move(task));
  return id;
}

void EventLoop::cancel(TimerId timer) {
  const auto found = due_ms_.find(timer);
  if (found == due_ms_.end()) return;
  timers_.erase({found->second, timer});
  due_ms_.erase(found);
}

Result<void> EventLoop::watch(int fd, short events, std::function<void(short)> ready) {
  if (!waiter_->supports_fds()) return Error{Remedy::refuse, "loop.no_fds", "this loop cannot watch descriptors"};
  watches_[fd] = {events, std::make_shared<std::function<void(short)>>(std::move(ready))};
  return {};
}

void EventLoop::unwatch(int fd) { watches_.erase(fd); }

int EventLoop::run() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (quit_) {
        quit_ = false;
        return exit_code_;
      }
    }
    run_once(std::numeric_limits<std::int64_t>::max());
  }
}

void EventLoop::quit(int exit_code) {
  {
    const std::lock_guard lock(mutex_);
    quit_ = true;
    exit_code_ = exit_code;
  }
  waiter_->wake();
}

int EventLoop::timeout_until_next_timer(std::int64_t wait_max_ms) const {
  std::int64_t wait_ms = wait_max_ms;
  if (!timers_.empty()) {
    wait_ms = std::clamp<std::int64_t>(timers_.begin()->first.first - clock_.steady_ms(), 0, wait_max_ms);
  }
  if (wait_ms == std::numeric_limits<std::int64_t>::max()) return -1;
  return static_cast<int>(std::min<std::int64_t>(wait_ms, std::numeric_limits<int>::max()));
}

void EventLoop::run_once(std::int64_t wait_max_ms) {
  bool work_waits = false;
  {
    const std::lock_guard lock(mutex_);
    work_waits = !posted_.empty() || quit_;
  }
  std::vector<pollfd> fds;
  fds.reserve(watches_.size());
  for (const auto& [fd, watch] : watches_) fds.push_back({fd, watch.events, 0});
  waiter_->wait(work_waits ? 0 : timeout_until_next_timer(wait_max_ms), fds);
  run_posted();
  run_due_timers();
  run_ready(fds);
}

void EventLoop::run_posted() {
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(posted_);
  }
  for (Task& task : tasks) task();
}

void EventLoop::run_due_timers() {
  const std::int64_t now_ms = clock_.steady_ms();
  const TimerId newest = last_timer_;  // a timer that re-arms itself with 0 ms waits for the next turn
  for (auto it = timers_.begin(); it != timers_.end() && it->first.first <= now_ms;) {
    if (it->first.second > newest) {
      ++it;
      continue;
    }
    const Task task = std::move(it->second);
    due_ms_.erase(it->first.second);
    timers_.erase(it);
    task();
    it = timers_.begin();
  }
}

void EventLoop::run_ready(std::span<const pollfd> fds) {
  for (const pollfd& ready : fds) {
    if (ready.revents == 0) continue;
    const auto found = watches_.find(ready.fd);
    if (found == watches_.end()) continue;
    const auto call = found->second.ready;  // kept alive although the call may unwatch
    (*call)(ready.revents);
  }
}

}  // namespace bianmin

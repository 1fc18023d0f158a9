// Notices that the resident walked away: silence, then a warning with seconds left, then the end.
#pragma once

#include <cstdint>
#include <functional>

#include "terminal/base/event_loop.hpp"

namespace bianmin::session {

struct IdleTimes {
  std::int64_t silence_ms = 120'000;  // accessibility checklist 6
  std::int64_t warning_ms = 45'000;
};

// Thread-bound to the loop. Asleep until start(); costs one timer.
class IdleWatch {
 public:
  struct Events {
    std::function<void(int seconds_left)> warning;  // once a second while the warning is up
    std::function<void()> over;                     // nobody came back; the watch is asleep again
  };

  IdleWatch(EventLoop& loop, Events events) : loop_(loop), events_(std::move(events)) {}
  ~IdleWatch() { stop(); }
  IdleWatch(const IdleWatch&) = delete;
  IdleWatch& operator=(const IdleWatch&) = delete;

  void start(IdleTimes times);  // also starts anew
  void stop();
  void activity();  // somebody touched something: the silence begins again, unless the warning is up
  void stay();      // the resident answered the warning
  bool warning() const { return warning_until_ms_ != 0; }

 private:
  void arm(std::int64_t delay_ms);
  void tick();

  EventLoop& loop_;
  Events events_;
  IdleTimes times_;
  bool running_ = false;
  std::int64_t last_activity_ms_ = 0;
  std::int64_t warning_until_ms_ = 0;
  EventLoop::TimerId timer_ = 0;
};

}  // namespace bianmin::session

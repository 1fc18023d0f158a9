// What a power cut means for the person in front and for the next one.
#pragma once

#include <functional>

#include "drivers/power/power_supply.hpp"
#include "terminal/base/event_loop.hpp"
#include "terminal/base/log.hpp"

namespace bianmin::session {

// On battery who is served may finish, nobody new begins. After `wait_ms` with nobody there, or at once when
// the battery is low, the session has to end: the terminal shuts down, or, where it cannot, stays closed.
// When mains is back before that, all is open again.
//
// Thread-bound to the loop. Takes the one watcher of the power supply.
class PowerWatch {
 public:
  // `ups` may be null: then mains is always there. What is lent must outlive it.
  PowerWatch(power::PowerSupply* ups, EventLoop& loop, Log& log, std::int64_t wait_ms);
  ~PowerWatch();
  PowerWatch(const PowerWatch&) = delete;
  PowerWatch& operator=(const PowerWatch&) = delete;

  // `changed` runs on the loop when one of the two below has changed.
  void start(std::function<void()> changed);
  bool on_battery() const { return on_battery_; }
  bool must_end() const { return on_battery_ && (low_ || (waited_ && !served_)); }
  void serve() { served_ = true; }  // somebody began; for the rest of the session

 private:
  void look();
  void mains_changed();

  power::PowerSupply* ups_;
  EventLoop& loop_;
  Log& log_;
  const std::int64_t wait_ms_;
  std::function<void()> changed_;
  bool on_battery_ = false;
  bool low_ = false;
  bool waited_ = false;  // it has been on battery for so long
  bool served_ = false;
  EventLoop::TimerId timer_ = 0;
};

}  // namespace bianmin::session

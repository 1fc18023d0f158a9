#include "terminal/session/idle_watch.hpp"

#include <algorithm>

namespace bianmin::session {

constexpr std::int64_t second_ms = 1'000;

void IdleWatch::start(IdleTimes times) {
  stop();
  times_ = times;
  running_ = true;
  last_activity_ms_ = loop_.clock().steady_ms();
  arm(times_.silence_ms);
}

void IdleWatch::stop() {
  loop_.cancel(timer_);
  timer_ = 0;
  running_ = false;
  warning_until_ms_ = 0;
}

void IdleWatch::activity() {
  if (running_ && !warning()) last_activity_ms_ = loop_.clock().steady_ms();
}

void IdleWatch::stay() {
  if (running_) start(times_);
}

void IdleWatch::arm(std::int64_t delay_ms) {
  timer_ = loop_.after(delay_ms, [this] { tick(); });
}

void IdleWatch::tick() {
  const std::int64_t now_ms = loop_.clock().steady_ms();
  if (!warning()) {
    const std::int64_t silent_ms = now_ms - last_activity_ms_;
    if (silent_ms < times_.silence_ms) return arm(times_.silence_ms - silent_ms);
    warning_until_ms_ = now_ms + times_.warning_ms;
  }
  const std::int64_t left_ms = warning_until_ms_ - now_ms;
  if (left_ms <= 0) {
    stop();
    events_.over();
    return;
  }
  arm(std::min(left_ms, second_ms));
  events_.warning(static_cast<int>((left_ms + second_ms - 1) / second_ms));
}

}  // namespace bianmin::session

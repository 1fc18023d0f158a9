#include "terminal/session/power_watch.hpp"

namespace bianmin::session {

PowerWatch::PowerWatch(power::PowerSupply* ups, EventLoop& loop, Log& log, std::int64_t wait_ms)
    : ups_(ups), loop_(loop), log_(log), wait_ms_(wait_ms) {}

PowerWatch::~PowerWatch() {
  loop_.cancel(timer_);
  if (ups_ != nullptr) ups_->watch(nullptr);
}

void PowerWatch::start(std::function<void()> changed) {
  changed_ = std::move(changed);
  if (ups_ == nullptr) return;
  ups_->watch([this](DeviceState) { look(); });
  look();
}

// A supply that does not answer any more says nothing about mains: what was known last stays.
void PowerWatch::look() {
  const DeviceState state = ups_->state();
  if (!state.usable()) return;
  const bool low = state.code == "ups.battery_low";
  const bool on_battery = low || state.code == "ups.on_battery";
  if (on_battery == on_battery_ && low == low_) return;
  low_ = low;
  if (on_battery != on_battery_) {
    on_battery_ = on_battery;
    mains_changed();
  }
  if (low_) log_.write(LogLevel::warning, "power", "battery-low", {});
  changed_();
}

void PowerWatch::mains_changed() {
  loop_.cancel(timer_);
  waited_ = false;
  if (!on_battery_) return log_.write(LogLevel::info, "power", "mains-back", {});
  log_.write(LogLevel::warning, "power", "on-battery", {});
  timer_ = loop_.after(wait_ms_, [this] {
    waited_ = true;
    if (must_end()) changed_();
  });
}

}  // namespace bianmin::session

#include "drivers/usb/device_loop.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>

#include "drivers/device_codes.hpp"

namespace bianmin::usb {

namespace {

// The rungs of the ladder.
enum : int { foot = 0, halts_cleared, was_reset, opened_anew, power_cycled, top };

// "Gone" so often in a row although it is listed: a broken device, not a pulled plug.
constexpr int gone_in_a_row_max = 5;

bool listed(const std::vector<DeviceInfo>& devices, const DeviceInfo& device) {
  return std::any_of(devices.begin(), devices.end(),
                     [&device](const DeviceInfo& each) { return each.same_device(device); });
}

}  // namespace

DeviceLoop::DeviceLoop(Bus& bus, EventLoop& loop, Log* log, std::string name, DeviceUser& user,
                       RecoveryLimits limits)
    : bus_(bus), loop_(loop), log_(log), name_(std::move(name)), user_(user), limits_(limits) {}

DeviceLoop::~DeviceLoop() {
  if (subscription_ != 0) bus_.unsubscribe(subscription_);
  worker_.reset();
}

void DeviceLoop::start() {
  subscription_ = bus_.subscribe([this] { bus_changed(); });
  worker_.emplace(name_, 1);
  const Result<void> queued = worker_->submit([this](std::stop_token stop) { run(stop); });
  if (!queued) __builtin_trap();  // an empty queue of one took nothing
}

void DeviceLoop::publish(DeviceState state) {
  assert(is_listed(state));
  if (!is_listed(state)) state.code = unlisted_device_code;
  if (state == published_) return;
  published_ = state;
  if (log_ != nullptr) {
    log_->write(
        LogLevel::info, name_, "state",
        {{"condition", std::string(condition_name(state.condition))}, {"code", std::string(state.code)}});
  }
  const std::weak_ptr<Front> front = front_;
  loop_.post([front, state] {
    const auto alive = front.lock();
    if (!alive || alive->state == state) return;
    alive->state = state;
    const auto changed = alive->changed;
    if (changed) changed(state);
  });
}

void DeviceLoop::post(std::function<void()> task) {
  const std::weak_ptr<Front> front = front_;
  loop_.post([front, task = std::move(task)] {
    if (front.lock()) task();
  });
}

void DeviceLoop::healthy() {
  gone_in_a_row_ = 0;
  if (recoveries_ <= limits_.recoveries_max) rung_ = foot;
}

void DeviceLoop::bus_changed() {
  const std::vector<DeviceInfo> present = bus_.devices();
  std::stop_source to_stop{std::nostopstate};
  {
    const std::lock_guard lock(mutex_);
    bus_news_ = true;
    if (attended_ && !listed(present, *attended_)) to_stop = attendance_;
  }
  changed_.notify_all();
  to_stop.request_stop();
}

std::optional<std::pair<DeviceInfo, int>> DeviceLoop::find_device() {
  std::optional<std::pair<DeviceInfo, int>> second_choice;
  const std::vector<DeviceInfo> present = bus_.devices();
  std::erase_if(refused_, [&](const DeviceInfo& device) { return !listed(present, device); });
  for (const DeviceInfo& device : present) {
    const auto interface = user_.match(device);
    if (!interface || listed(refused_, device) ||
        bus_.reserved_by_another(subscription_, device, *interface)) {
      continue;
    }
    if (!given_up_ || !given_up_->same_device(device)) return std::pair{device, *interface};
    second_choice = std::pair{device, *interface};
  }
  return second_choice;
}

std::optional<std::pair<DeviceInfo, int>> DeviceLoop::wait_for_device(std::stop_token stop) {
  while (!stop.stop_requested()) {
    {
      const std::lock_guard lock(mutex_);
      bus_news_ = false;
    }
    if (!bus_.looked()) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [this] { return bus_news_; });
      continue;
    }
    if (auto found = find_device()) return found;
    if (std::chrono::steady_clock::now() < return_until_) {
      std::unique_lock lock(mutex_);
      changed_.wait_until(lock, stop, return_until_, [this] { return bus_news_; });
      continue;
    }
    publish({DeviceCondition::absent, "absent"});
    rung_ = foot;
    gone_in_a_row_ = 0;
    recoveries_ = 0;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [this] { return bus_news_; });
  }
  return std::nullopt;
}

void DeviceLoop::run(std::stop_token stop) {
  while (const auto device = wait_for_device(stop)) attend(device->first, device->second, stop);
}

void DeviceLoop::attend(const DeviceInfo& device, int interface, std::stop_token stop) {
  if (!bus_.reserve(subscription_, device, interface)) return;
  std::stop_source attendance;
  {
    const std::lock_guard lock(mutex_);
    attended_ = device;
    attendance_ = attendance;
  }
  const std::stop_callback pass_on(stop, [attendance]() mutable { attendance.request_stop(); });
  if (published_.condition != DeviceCondition::faulted) publish({DeviceCondition::starting, "starting"});
  auto opened = Channel::open(device, interface, attendance.get_token(), bus_.tap());
  Error last = opened ? Error{} : opened.error();
  if (opened) {
    std::unique_ptr<Channel> channel = std::move(opened).value();
    do {
      last = user_.serve(*channel, attendance.get_token());
      if (last.code == "usb.other_kind") break;
      if (log_ != nullptr && !attendance.stop_requested()) log_->error(name_, "interrupted", last);
    } while (!attendance.stop_requested() && last.code != "usb.gone" &&
             climb(channel, last, attendance.get_token(), stop));
  }
  {
    const std::lock_guard lock(mutex_);
    attended_.reset();
  }
  bus_.release(subscription_);
  if (last.code == "usb.other_kind") {
    refused_.push_back(device);
    return;
  }
  if (stop.stop_requested() || attendance.stop_requested()) return;
  if (last.code == "usb.gone" && ++gone_in_a_row_ <= gone_in_a_row_max) {
    bus_.report_gone(device);
    // The bus has to look first, or the same dead device would be opened again at once.
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, std::chrono::milliseconds(Bus::recheck_ms), [this] { return bus_news_; });
  } else if (!opened || rung_ >= top || gone_in_a_row_ > gone_in_a_row_max) {
    back_off(device, last, stop);
  }
}

// True: serve again on this channel. False: it has to be opened anew.
bool DeviceLoop::climb(std::unique_ptr<Channel>& channel, const Error& error, std::stop_token stop,
                       std::stop_token whole) {
  const auto now = std::chrono::steady_clock::now();
  if (now - window_start_ > std::chrono::milliseconds(limits_.window_ms)) {
    window_start_ = now;
    recoveries_ = 0;
  }
  ++recoveries_;
  if (rung_ < top) ++rung_;
  if (log_ != nullptr) log_->write(LogLevel::warning, name_, "recover", {{"rung", std::to_string(rung_)}});
  if (rung_ < top) publish({DeviceCondition::starting, error.code});
  switch (rung_) {
    case halts_cleared:
      if (!stop.stop_requested() && channel->clear_halts()) return true;
      ++rung_;
      [[fallthrough]];
    case was_reset:
      return !stop.stop_requested() && channel->reset().ok();
    case power_cycled:
      // The bus will say that the device has gone: that must not shorten the pause, nor begin the ladder
      // anew.
      if (channel->power_cycle(limits_.power_off_ms, whole))
        return_until_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(limits_.return_ms);
      return false;
    default:
      return false;
  }
}

void DeviceLoop::back_off(const DeviceInfo& device, const Error& error, std::stop_token stop) {
  given_up_ = device;
  const int doublings = std::clamp(rung_ - top, 0, 10);
  if (rung_ < top) rung_ = top;
  ++rung_;
  publish({DeviceCondition::faulted, error.code});
  const int pause_ms = std::min(limits_.backoff_first_ms << doublings, limits_.backoff_max_ms);
  std::unique_lock lock(mutex_);
  bus_news_ = false;
  changed_.wait_for(lock, stop, std::chrono::milliseconds(pause_ms), [this] { return bus_news_; });
}

}  // namespace bianmin::usb

// Keeps one device of a kind open, whatever happens to it: waits for it, opens it, lets its driver serve it,
// climbs the recovery ladder when it fails, and tells the event loop how it stands.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "drivers/device_state.hpp"
#include "drivers/usb/bus.hpp"
#include "drivers/usb/channel.hpp"
#include "terminal/base/event_loop.hpp"
#include "terminal/base/log.hpp"
#include "terminal/base/worker.hpp"

namespace bianmin::usb {

// What a driver brings along. Both calls come on the device's own thread.
class DeviceUser {
 public:
  virtual ~DeviceUser() = default;
  // The interface to claim when this device is one for the driver. Pure.
  virtual std::optional<int> match(const DeviceInfo& device) const = 0;
  // Works with the device until it cannot any more, and returns why. `stop` is requested when the driver is
  // being destroyed and when the bus says that the device is gone; then it returns at once. The code
  // "usb.other_kind": the device itself said that it is none for this driver; it is not opened again while it
  // stays plugged in, and another one that fits is looked for.
  virtual Error serve(Channel& channel, std::stop_token stop) = 0;
};

// How long the ladder waits between tries once it is used up: doubled each time.
struct RecoveryLimits {
  int backoff_first_ms = 1'000;
  int backoff_max_ms = 30'000;
  int recoveries_max = 30;  // per window; more, and the ladder is climbed to its end
  int window_ms = 60'000;
  int power_off_ms = 2'000;  // the pause that serial reader modules are given in the field
  int return_ms = 5'000;     // in which a device whose power was off comes back
};

// The ladder: clear the halts; reset the port; open anew; power off and on. When all four failed the state is
// `faulted` with the code of the failure, and it opens anew for ever, with growing pauses: a device mended by
// a person is found by itself. Where several devices fit, the next one is tried then. A device that another
// loop of the same bus serves is left to it.
//
// Thread-bound to the event loop, except publish(), post() and healthy(), which serve() calls.
class DeviceLoop {
 public:
  // Until the first look has ended nobody knows that a device is absent.
  static constexpr DeviceState first_state{DeviceCondition::starting, "starting"};

  // `bus`, `loop`, `log` (may be null) and `user` must outlive it.
  DeviceLoop(Bus& bus, EventLoop& loop, Log* log, std::string name, DeviceUser& user,
             RecoveryLimits limits = {});
  ~DeviceLoop();  // waits for serve() to return; nothing posted runs after it
  DeviceLoop(const DeviceLoop&) = delete;
  DeviceLoop& operator=(const DeviceLoop&) = delete;

  void start();  // once
  DeviceState state() const { return front_->state; }
  void watch(std::function<void(DeviceState)> changed) { front_->changed = std::move(changed); }

  // Reaches the loop when it differs from the last one. A state that is not listed (drivers/device_codes.hpp)
  // is a bug: it aborts a debug build, and others say "device.unlisted".
  void publish(DeviceState state);
  void post(std::function<void()> task);  // runs on the loop, unless this is destroyed first
  // It works: the next failure starts at the ladder's foot, unless there were too many lately.
  void healthy();

 private:
  struct Front {  // lives on the loop
    DeviceState state = first_state;
    std::function<void(DeviceState)> changed;
  };
  void run(std::stop_token stop);
  void attend(const DeviceInfo& device, int interface, std::stop_token stop);
  // `whole`: requested only when the loop ends; `stop`: also when the device has gone.
  bool climb(std::unique_ptr<Channel>& channel, const Error& error, std::stop_token stop,
             std::stop_token whole);
  std::optional<std::pair<DeviceInfo, int>> wait_for_device(std::stop_token stop);
  std::optional<std::pair<DeviceInfo, int>> find_device();
  void back_off(const DeviceInfo& device, const Error& error, std::stop_token stop);
  void bus_changed();

  Bus& bus_;
  EventLoop& loop_;
  Log* log_;
  std::string name_;
  DeviceUser& user_;
  RecoveryLimits limits_;
  std::shared_ptr<Front> front_ = std::make_shared<Front>();

  int rung_ = 0;  // device thread, as the seven below
  int gone_in_a_row_ = 0;
  int recoveries_ = 0;
  std::chrono::steady_clock::time_point window_start_{};
  DeviceState published_ = first_state;
  std::chrono::steady_clock::time_point return_until_{};  // until then its absence is our own doing
  std::optional<DeviceInfo> given_up_;                    // the last one that the ladder could not mend
  std::vector<DeviceInfo> refused_;                       // present, and of another kind

  std::mutex mutex_;  // guards the two below
  std::condition_variable_any changed_;
  bool bus_news_ = false;
  std::optional<DeviceInfo> attended_;
  std::stop_source attendance_;

  Bus::Subscription subscription_ = 0;
  std::optional<Worker> worker_;  // last: its thread uses all of the above
};

}  // namespace bianmin::usb

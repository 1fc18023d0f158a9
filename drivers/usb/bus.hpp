// What is plugged in, kept up to date: hotplug events make it quick, periodic enumeration makes it true.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "drivers/usb/device_info.hpp"
#include "drivers/usb/transfer_tap.hpp"
#include "terminal/base/log.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::usb {

// Thread-safe. One thread of its own, which enumerates; no device is ever opened by it. Events can get lost
// (a missed netlink message, another network namespace), so it also looks by itself every `reconcile_ms`: a
// look that finds the device folder of the kernel unchanged costs some ten microseconds. A device that an
// event or a transfer reports gone is gone at once; one that merely is not found counts as gone after
// `misses_max` looks, because printers flap.
class Bus {
 public:
  static constexpr int reconcile_ms = 2'000;
  static constexpr int recheck_ms = 100;  // between the looks that confirm an absence
  static constexpr int misses_max = 3;

  using Subscription = std::uint64_t;

  // `log` may be null, as may `tap`, which sees each transfer of the devices that are opened by this bus's
  // device loops. Both must outlive the bus. Until begin() nothing is known, and devices that use the bus
  // wait.
  explicit Bus(Log* log, TransferTap* tap = nullptr);
  // Looks from now on; the first look is not over when it returns. Once. Errors: "usb.*".
  Result<void> begin();
  // A bus that has looked once; blocks for that.
  static Result<std::unique_ptr<Bus>> open(Log* log, TransferTap* tap = nullptr);
  ~Bus();
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  std::vector<DeviceInfo> devices() const;  // a copy of the last known truth; never blocks on the bus
  bool looked() const;                      // false: what is plugged in is not known yet

  // `changed` runs on the bus's thread after the first look and each change, and must only signal. It does
  // not run any more once unsubscribe() has returned.
  Subscription subscribe(std::function<void()> changed);
  void unsubscribe(Subscription subscription);

  // One interface of a device belongs to one subscriber at a time, so that drivers of one program which both
  // might want it do not take it from each other. False: another one has it. A subscriber has one at most.
  bool reserve(Subscription by, const DeviceInfo& device, int interface);
  bool reserved_by_another(Subscription by, const DeviceInfo& device, int interface) const;
  void release(Subscription by);  // tells the other subscribers; without a reservation nothing happens

  void report_gone(const DeviceInfo& device);  // a transfer said so
  void look_now();                             // without waiting for the next reconcile
  TransferTap* tap() const { return tap_; }

 private:
  struct Native;
  struct Seen {
    DeviceInfo info;
    int misses = 0;
    int doubts = 0;  // said to be gone, but still listed: looks until that is believed
  };
  struct Reservation {
    Subscription by = 0;
    DeviceInfo device;
    int interface = 0;
  };
  void run(std::stop_token stop);
  void look();
  bool merge(const std::vector<DeviceInfo>& present, const std::vector<std::uint16_t>& left);
  void notify(Subscription but = 0);
  void wake();
  bool confirming() const;

  Log* log_;
  TransferTap* tap_;
  std::unique_ptr<Native> native_;
  mutable std::mutex mutex_;  // guards the five below
  mutable std::condition_variable_any first_look_;
  bool looked_ = false;
  std::vector<Seen> seen_;
  std::vector<DeviceInfo> reported_gone_;
  std::vector<Reservation> reservations_;
  bool look_wanted_ = true;
  std::mutex subscriber_mutex_;  // held while subscribers run
  std::map<Subscription, std::function<void()>> subscribers_;
  Subscription last_subscription_ = 0;
  std::string fingerprint_;  // of the kernel's device folder at the last look; bus thread only
  std::jthread thread_;      // last: it uses all of the above
};

}  // namespace bianmin::usb

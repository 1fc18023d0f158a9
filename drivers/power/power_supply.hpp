// The uninterruptible power supply that the terminal stands on.
#pragma once

#include <functional>
#include <optional>

#include "drivers/device.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::power {

struct PowerStatus {
  bool on_battery = false;
  bool battery_low = false;  // on battery, and little time is left
  bool replace_battery = false;
  bool overloaded = false;
  std::optional<int> charge_percent;  // 0 to 100
  std::optional<int> run_time_s;      // until the battery is empty

  DeviceState state() const;
  bool operator==(const PowerStatus&) const = default;
};

// Thread-bound to the event loop. Implementations: HidUps.
// States: ready (mains is there), degraded "ups.on_battery" | "ups.battery_low" | "ups.replace_battery" |
// "ups.overload", absent, starting, faulted "usb.*" | "ups.*".
class PowerSupply : public Device {
 public:
  // The last one read, never blocks; nothing that is known while the state is not usable.
  virtual PowerStatus status() const = 0;
  // Takes the power from the terminal `delay_s` from now (1 to 600), and gives it back when mains is there:
  // so that a terminal that has shut down comes up again by itself. `done` runs exactly once, on the loop,
  // within switch_off_limit_ms. Errors: "ups.cannot_switch", "ups.busy", "ups.absent", "usb.*".
  static constexpr int switch_off_limit_ms = 10'000;
  virtual void switch_off(int delay_s, std::function<void(Result<void>)> done) = 0;
};

}  // namespace bianmin::power

// A power supply of the HID power device class.
#pragma once

#include <memory>
#include <optional>

#include "drivers/power/power_supply.hpp"
#include "drivers/usb/bus.hpp"
#include "drivers/usb/device_loop.hpp"

namespace bianmin::power {

// What this driver would try: the number of the interface. Pure; the report descriptor decides when it is
// opened.
std::optional<int> hid_ups_interface(const usb::DeviceInfo& device);

struct HidUpsTimings {
  int poll_ms = 5'000;      // between two questions
  int quick_poll_ms = 250;  // the same when the supply tells something by itself
};

// A change of the state is told only after two readings that agree, because single ones lie. What a supply
// refuses to tell (STALL) three times is not asked for again.
class HidUps : public PowerSupply {
 public:
  // `bus`, `loop` and `log` (may be null) must outlive it.
  HidUps(usb::Bus& bus, EventLoop& loop, Log* log, HidUpsTimings timings = {},
         usb::RecoveryLimits recovery = {});
  ~HidUps() override;

  DeviceState state() const override;
  void watch(std::function<void(DeviceState)> changed) override;
  PowerStatus status() const override;
  void switch_off(int delay_s, std::function<void(Result<void>)> done) override;

 private:
  class Device;
  std::unique_ptr<Device> device_;
};

}  // namespace bianmin::power

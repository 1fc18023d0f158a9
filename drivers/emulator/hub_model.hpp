// A USB hub that can switch the power of each port, as far as a program can ask it (USB 2.0, chapter 11.24).
#pragma once

#include <functional>

#include "drivers/emulator/device_model.hpp"

namespace bianmin::emulator {

enum class PowerSwitching { each_port, all_ports };

class HubModel : public DeviceModel {
 public:
  // `power` runs with the testbed's lock held: see Testbed::power.
  HubModel(PowerSwitching switching, std::function<void(int port, bool on)> power);

  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override {}
  std::size_t take(std::uint8_t, ByteView) override { return 0; }
  std::optional<Bytes> give(std::uint8_t) override { return std::nullopt; }
  std::optional<Bytes> control(const ControlRequest& request) override;

 private:
  DeviceSpec spec_;
  PowerSwitching switching_;
  std::function<void(int, bool)> power_;
};

}  // namespace bianmin::emulator

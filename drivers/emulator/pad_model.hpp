// A pad of keys as a device model: the boot keyboard of Device Class Definition for HID 1.11, appendix B.1
// and E.
#pragma once

#include <deque>

#include "drivers/emulator/device_model.hpp"

namespace bianmin::emulator {

class PadModel : public DeviceModel {
 public:
  // Numbers for tests (pid.codes), which no product has: a site has to name its pad.
  static constexpr std::uint16_t vendor = 0x1209;
  static constexpr std::uint16_t product = 0x0005;

  PadModel();
  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override { reports_.clear(); }
  std::size_t take(std::uint8_t endpoint, ByteView bytes) override;
  std::optional<Bytes> give(std::uint8_t endpoint) override;
  std::optional<Bytes> control(const ControlRequest& request) override;

  void press(std::uint8_t usage);  // down and up again
  void hold(std::uint8_t usage) { reports_.push_back({0, 0, usage, 0, 0, 0, 0, 0}); }
  void release() { reports_.push_back(Bytes(8, 0)); }
  void send_report(Bytes report) { reports_.push_back(std::move(report)); }
  void become_a_mouse();  // its report descriptor has no keys any more

 private:
  DeviceSpec spec_;
  Bytes report_descriptor_;
  std::deque<Bytes> reports_;
};

}  // namespace bianmin::emulator

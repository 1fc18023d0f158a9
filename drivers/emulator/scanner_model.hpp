// A HID POS bar code scanner as a device model (usage page 0x8C, 64-byte reports).
#pragma once

#include <deque>
#include <string_view>

#include "drivers/emulator/device_model.hpp"

namespace bianmin::emulator {

class ScannerModel : public DeviceModel {
 public:
  ScannerModel();
  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override { reports_.clear(); }
  std::size_t take(std::uint8_t endpoint, ByteView bytes) override;
  std::optional<Bytes> give(std::uint8_t endpoint) override;
  std::optional<Bytes> control(const ControlRequest& request) override;

  void scan(std::string_view code);  // as the scanner sends it: 56 bytes to a report
  void send_report(Bytes report) { reports_.push_back(std::move(report)); }

 private:
  DeviceSpec spec_;
  Bytes report_descriptor_;
  std::deque<Bytes> reports_;
};

}  // namespace bianmin::emulator

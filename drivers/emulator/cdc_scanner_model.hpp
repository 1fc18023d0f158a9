// A bar code scanner that is a serial port, as a device model. Source: USB CDC 1.2, PSTN 1.2.
#pragma once

#include <deque>
#include <string_view>

#include "drivers/emulator/device_model.hpp"

namespace bianmin::emulator {

class CdcScannerModel : public DeviceModel {
 public:
  CdcScannerModel();
  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override;
  std::size_t take(std::uint8_t endpoint, ByteView bytes) override;
  std::optional<Bytes> give(std::uint8_t endpoint) override;
  bool speaks_unasked() const override { return true; }
  std::optional<Bytes> control(const ControlRequest& request) override;

  // As it sends it: packet by packet, `end` behind it. Without a terminal (DTR) it is lost, as in some
  // models.
  void scan(std::string_view code, std::string_view end = "\r");
  bool opened() const { return terminal_ready_; }
  Bytes line_coding() const { return line_coding_; }

 private:
  DeviceSpec spec_;
  std::deque<Bytes> packets_;
  Bytes line_coding_;
  bool terminal_ready_ = false;
};

}  // namespace bianmin::emulator

// A Microchip MCP2221A as a device model: a serial port that nobody uses here, and the HID interface for its
// four pins. Source: Microchip data sheet DS20005565, chapters 1.7 and 3.1.
#pragma once

#include <array>
#include <deque>

#include "drivers/emulator/device_model.hpp"

namespace bianmin::emulator {

class Mcp2221Model : public DeviceModel {
 public:
  Mcp2221Model();
  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override;
  std::size_t take(std::uint8_t endpoint, ByteView bytes) override;
  std::optional<Bytes> give(std::uint8_t endpoint) override;
  std::optional<Bytes> control(const ControlRequest& request) override;

  void set_pin(std::size_t pin, bool high) { high_.at(pin) = high; }
  // Whatever it is told, this pin stays with its other use.
  void hold_pin(std::size_t pin) { held_.at(pin) = true; }

 private:
  Bytes answer(ByteView command);

  DeviceSpec spec_;
  std::array<bool, 4> high_ = {};
  std::array<bool, 4> held_ = {};
  std::array<std::uint8_t, 4> settings_ = {};  // bits 0 to 2 the use, 3 input, 4 output value
  std::deque<Bytes> answers_;
};

}  // namespace bianmin::emulator

// A bar code scanner that types as a keyboard, as a device model. Source: HID 1.11, appendix B.1; HID Usage
// Tables, page 0x07. A US keyboard; what it has no key for is typed as Alt and the number of the character.
#pragma once

#include <deque>
#include <string_view>

#include "drivers/emulator/device_model.hpp"

namespace bianmin::emulator {

class KeyboardScannerModel : public DeviceModel {
 public:
  KeyboardScannerModel();
  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override { reports_.clear(); }
  std::size_t take(std::uint8_t endpoint, ByteView bytes) override;
  std::optional<Bytes> give(std::uint8_t endpoint) override;
  std::optional<Bytes> control(const ControlRequest& request) override;

  void scan(std::string_view code);  // then Enter
  void type(std::string_view text);  // without Enter; bytes beyond ASCII by Alt and the number pad
  void send_report(Bytes report) { reports_.push_back(std::move(report)); }

 private:
  void stroke(std::uint8_t modifiers, std::uint8_t key);

  DeviceSpec spec_;
  std::deque<Bytes> reports_;
};

}  // namespace bianmin::emulator

// A bar code scanner in HID POS mode (usage page 0x8C): no keyboard emulation, so a code can never type into
// a page.
#pragma once

#include "drivers/scanner/code_protocol.hpp"
#include "drivers/scanner/torn_code.hpp"

namespace bianmin::scanner {

// A HID interface, no boot keyboard, of a maker of scanners; the report descriptor decides when it is open.
std::optional<int> hid_pos_interface(const usb::DeviceInfo& device);

// Errors besides "usb.*": "scanner.not_a_scanner".
class HidPosScanner : public CodeProtocol {
 public:
  Error serve(usb::Channel& channel, CodeDesk& desk, std::stop_token stop) override;

 private:
  TornCode torn_;
};

}  // namespace bianmin::scanner

// A bar code scanner that calls itself a keyboard. It is taken from the system's keyboard driver, so that
// nothing it types reaches a page: its reports are read raw.
#pragma once

#include "drivers/scanner/code_protocol.hpp"
#include "drivers/scanner/torn_code.hpp"

namespace bianmin::scanner {

// A boot keyboard of a maker of scanners: a person's keyboard is never taken by itself.
std::optional<int> keyboard_scanner_interface(const usb::DeviceInfo& device);
// A boot keyboard, whoever made it: for one that the site names as its scanner.
std::optional<int> boot_keyboard_interface(const usb::DeviceInfo& device);

// Errors besides "usb.*": "scanner.not_a_scanner".
class KeyboardScanner : public CodeProtocol {
 public:
  Error serve(usb::Channel& channel, CodeDesk& desk, std::stop_token stop) override;

 private:
  TornCode torn_;
};

}  // namespace bianmin::scanner

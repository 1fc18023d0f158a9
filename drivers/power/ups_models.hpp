// The power supplies whose HID interface is tried: trying takes it from the kernel, so it must not be a
// keyboard.
#pragma once

#include "drivers/usb/device_info.hpp"

namespace bianmin::power {

struct UpsModel {
  std::uint16_t vendor = 0;
  int product = -1;           // -1: all of this vendor's HID devices are power supplies
  bool tells_changes = true;  // false: what comes on its interrupt endpoint is another protocol
};

// Null: none of them. Borrows from a table that lives as long as the program.
const UpsModel* find_ups_model(const usb::DeviceInfo& device);

}  // namespace bianmin::power

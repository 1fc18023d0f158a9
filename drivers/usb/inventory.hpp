// What is plugged in now, with names: for a person who looks for a device (`kioskctl devices`).
#pragma once

#include <string>
#include <vector>

#include "drivers/usb/device_info.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::usb {

struct ListedDevice {
  DeviceInfo info;
  std::string manufacturer;  // empty: the device has no such text
  std::string product_name;
};

// Both ask the kernel alone: no device is opened, so one that is dead or held by another program holds up
// nothing. A few ms; no Bus is needed. Errors "usb.*".
Result<std::vector<ListedDevice>> list();
Result<std::vector<DeviceInfo>> list_quietly();  // without the texts

}  // namespace bianmin::usb

// What is plugged in now, with names: for a person who looks for a device (`kioskctl devices`).
#pragma once

#include <string>
#include <vector>

#include "drivers/usb/device_info.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::usb {

struct ListedDevice {
  DeviceInfo info;
  std::string manufacturer;  // empty: the device has no such text or may not be opened
  std::string product_name;
};

// Blocks: opens each device for its texts, at most some hundred ms each. Needs no Bus. Errors "usb.*".
Result<std::vector<ListedDevice>> list();

// As list(), without opening anything: a few ms.
Result<std::vector<DeviceInfo>> list_quietly();

}  // namespace bianmin::usb

// Which driver of the guest's kernel has a device: for walks with devices that nobody here wrote.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <system_error>

#include "drivers/usb/inventory.hpp"

namespace bianmin {

// Of the first interface of the first device that matches: "usbhid", "usbfs"; empty: none.
inline std::string kernel_driver_of(const std::function<bool(const usb::DeviceInfo&)>& matches) {
  const auto devices = usb::list_quietly();
  if (!devices) return {};
  for (const usb::DeviceInfo& device : *devices) {
    if (!matches(device)) continue;
    std::error_code failed;
    const std::filesystem::path driver = "/sys/bus/usb/devices/" + device.port + ":1.0/driver";
    return std::filesystem::read_symlink(driver, failed).filename().string();
  }
  return {};
}

}  // namespace bianmin

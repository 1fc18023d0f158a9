// What a driver for one family of code scanners brings along: one file, and one line in code_protocols.cpp.
// UsbCodeScanner does the rest.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/usb/channel.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::scanner {

// What serve() tells, and whether anybody wants to know. All calls come on the device's own thread.
class CodeDesk {
 public:
  virtual ~CodeDesk() = default;
  virtual void ready() = 0;    // the device has answered
  virtual void healthy() = 0;  // it did what it is for
  // Changes with each listen() and stop(): what was begun at another number is dropped by tell().
  virtual int listening() const = 0;
  virtual bool wanted() const = 0;  // somebody listens
  // Sleeps until somebody listens, for at most `wait_ms`, or until `stop` is requested.
  virtual void wait_until_wanted(int wait_ms, std::stop_token stop) = 0;
  virtual void tell(Result<std::string> code, int begun_at) = 0;
};

// Blocking, and bound to the thread of the device.
class CodeProtocol {
 public:
  virtual ~CodeProtocol() = default;
  // Works with the device until it cannot any more, and returns why; at once when `stop` is requested.
  virtual Error serve(usb::Channel& channel, CodeDesk& desk, std::stop_token stop) = 0;
};

struct CodeDriver {
  std::string_view name;  // for listings: "hid-pos"
  // The interface to claim when this device may be one for the driver. Pure.
  std::function<std::optional<int>(const usb::DeviceInfo&)> match;
  std::function<std::unique_ptr<CodeProtocol>()> make;
};

struct CodeScannerSettings {
  // The USB numbers of the camera that reads codes, where others are plugged in too; 0000:0000: any camera.
  std::uint16_t camera_vendor = 0;
  std::uint16_t camera_product = 0;
  // A keyboard that is a scanner, whoever made it; 0000:0000: none is named.
  std::uint16_t keyboard_vendor = 0;
  std::uint16_t keyboard_product = 0;
};

// All that this terminal knows, in the order of asking.
std::vector<CodeDriver> code_drivers(const CodeScannerSettings& settings = {});

// The interface of the first driver that would take the device; empty: none would.
std::optional<int> code_scanner_interface(const usb::DeviceInfo& device,
                                          const CodeScannerSettings& settings = {});

// Makers of scanners and of nothing else that has a keyboard, a serial port or HID reports: only their
// devices are tried, because trying takes a device from the kernel's driver. Source: the list of USB IDs of
// the Linux USB project.
bool made_by_scanner_maker(const usb::DeviceInfo& device);

}  // namespace bianmin::scanner

// A bar code scanner in HID POS mode (usage page 0x8C): no keyboard emulation, so a code can never type into
// a page.
#pragma once

#include <memory>
#include <optional>

#include "drivers/scanner/code_scanner.hpp"
#include "drivers/usb/bus.hpp"
#include "drivers/usb/device_loop.hpp"

namespace bianmin::scanner {

// What this driver would try: the number of the interface. Pure; the report descriptor decides when it is
// opened. Only HID interfaces of makers of scanners are tried, because trying takes the device from the
// kernel's driver.
std::optional<int> hid_pos_interface(const usb::DeviceInfo& device);

// States: absent, starting, ready, faulted "usb.*" | "scanner.not_a_scanner".
class HidPosScanner : public CodeScanner {
 public:
  static constexpr std::size_t code_byte_max = 4'096;

  // `bus`, `loop` and `log` (may be null) must outlive it.
  HidPosScanner(usb::Bus& bus, EventLoop& loop, Log* log, usb::RecoveryLimits recovery = {});
  ~HidPosScanner() override;

  DeviceState state() const override;
  void watch(std::function<void(DeviceState)> changed) override;
  void listen(std::function<void(Result<std::string>)> code) override;
  void stop() override;

 private:
  class Device;
  std::unique_ptr<Device> device_;
};

}  // namespace bianmin::scanner

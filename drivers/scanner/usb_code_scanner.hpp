// The code scanner that services ask for: everything plugged in that can read a code, of whatever family.
#pragma once

#include <memory>

#include "drivers/scanner/code_protocol.hpp"
#include "drivers/scanner/code_scanner.hpp"
#include "drivers/usb/bus.hpp"
#include "drivers/usb/device_loop.hpp"

namespace bianmin::scanner {

// One device of each family at a time, each with a thread of its own; a code of any of them is told. Of two
// devices of one family the first that works is taken. Its state is that of the device that stands best: with
// a camera and a broken hand scanner codes can be read, so it is ready. States: absent, starting, ready,
// faulted "usb.*" | "scanner.not_a_scanner".
class UsbCodeScanner : public CodeScanner {
 public:
  // `bus`, `loop` and `log` (may be null) must outlive it.
  UsbCodeScanner(usb::Bus& bus, EventLoop& loop, Log* log, usb::RecoveryLimits recovery = {},
                 std::vector<CodeDriver> drivers = code_drivers());
  ~UsbCodeScanner() override;

  DeviceState state() const override;
  void watch(std::function<void(DeviceState)> changed) override;
  void listen(std::function<void(Result<std::string>)> code) override;
  void stop() override;

 private:
  class Family;
  struct Front;
  std::unique_ptr<Front> front_;
};

}  // namespace bianmin::scanner

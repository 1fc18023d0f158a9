// One scanner of a family on the emulated bus, and what it tells.
#pragma once

#include "drivers/scanner/usb_code_scanner.hpp"
#include "tests/drivers/device_rig.hpp"

namespace bianmin {

template <typename Model>
struct ScannerRigOf : LoopRig {
  template <typename... Arguments>
  explicit ScannerRigOf(std::vector<scanner::CodeDriver> drivers, Arguments... arguments)
      : device(arguments...) {
    device.plug();
    scanner = std::make_unique<scanner::UsbCodeScanner>(*bus, loop, nullptr, usb::RecoveryLimits{10, 40},
                                                        std::move(drivers));
    listen();
    REQUIRE(until_ready());
  }
  bool until_ready() {
    return until([&] { return scanner->state().usable(); });
  }
  void listen() {
    scanner->listen([this](Result<std::string> code) { codes.push_back(std::move(code)); });
  }
  bool until_count(std::size_t count) {
    return until([&] { return codes.size() >= count; });
  }

  EmulatedDevice<Model> device;
  std::unique_ptr<scanner::UsbCodeScanner> scanner;
  std::vector<Result<std::string>> codes;
};

}  // namespace bianmin

// The driver of one device, by the device's name: for `kioskctl conformance` and `kioskctl record`.
#pragma once

#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "drivers/conformance/suites.hpp"
#include "drivers/usb/bus.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/event_loop.hpp"
#include "terminal/base/log.hpp"
#include "terminal/device_settings.hpp"

namespace bianmin::kioskctl {

class DeviceUnderTest {
 public:
  // Null: no device has this name. `bus`, `loop` and `log` must outlive it.
  static std::unique_ptr<DeviceUnderTest> create(std::string_view name, usb::Bus& bus, EventLoop& loop,
                                                 Log* log, const DeviceSettings& settings);
  virtual ~DeviceUnderTest() = default;

  virtual conformance::Suite suite() = 0;
  virtual bool takes(const usb::DeviceInfo& device) const = 0;
  // As kiosk-emulator's control lines call it and the card in it.
  virtual std::string emulated_name() const = 0;
  virtual std::string emulated_card() const { return "card"; }
  // The steps of its suite that `kioskctl record` goes through, and whether they read personal data.
  virtual std::set<std::string_view> recorded_steps() const = 0;
  virtual bool reads_cards() const { return false; }

  // "0400:c35a at 1-2" of what is plugged in for this driver; empty: nothing. Blocks some ms.
  std::string identity() const;
};

// Who does what its steps ask for: kiosk-emulator with --emulator, else the person at the shell, asked on
// `talk`.
std::unique_ptr<conformance::Operator> operator_for(const Arguments& arguments, const DeviceUnderTest& device,
                                                    EventLoop& loop, std::FILE* talk);

}  // namespace bianmin::kioskctl

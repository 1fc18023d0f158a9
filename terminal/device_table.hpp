// The one list of the drivers that this terminal has. A new driver is its own file and a line here (another
// family of identity card readers: a line in drivers/card/id_card_drivers.cpp).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "drivers/device.hpp"
#include "drivers/usb/bus.hpp"
#include "drivers/usb/channel.hpp"
#include "drivers/usb/device_info.hpp"
#include "terminal/base/event_loop.hpp"
#include "terminal/base/log.hpp"
#include "terminal/device_settings.hpp"

namespace bianmin {

struct DriverRow {
  std::string_view device;  // as services and people call it: "receipt-printer"
  std::string_view family;  // "escpos"
  // The interface that the driver would claim. Pure.
  std::function<std::optional<int>(const usb::DeviceInfo&)> match;
  // The device of this name, waiting for whatever fits any of its rows; so rows of one name make the same.
  // `bus`, `loop` and `log` (may be null) must outlive it. Thread-bound to the loop.
  std::function<std::unique_ptr<Device>(usb::Bus&, EventLoop&, Log*)> make;
  // What only the open device can say: error "usb.other_kind" when another row has to take it. Null: nothing.
  std::function<Result<void>(usb::Channel&, std::stop_token)> check = nullptr;
};

// In the order of asking. What a site has to name first has a row all the same, which then matches nothing.
std::vector<DriverRow> device_table(const DeviceSettings& settings = {});
// The names of its devices, sorted, each once: those that services may ask for, and the house's own (ups).
std::vector<std::string_view> device_names(const std::vector<DriverRow>& table);

// The first row that would take the device; null: none. It borrows from `table`.
const DriverRow* find_driver(const std::vector<DriverRow>& table, const usb::DeviceInfo& device);

// The same, after asking the device itself where that is needed: it is opened for that, and given back. One
// that cannot be asked, because another program has it, is left to the first row that would take it.
const DriverRow* find_serving_driver(const std::vector<DriverRow>& table, const usb::DeviceInfo& device);

// Null: there is no driver for a device of this name.
std::unique_ptr<Device> make_device(std::string_view name, usb::Bus& bus, EventLoop& loop, Log* log,
                                    const DeviceSettings& settings = {});

// The same as what it is: make_device<printer::ReceiptPrinter>("receipt-printer", ...). Another kind than the
// table makes is a bug and aborts.
template <typename Kind>
std::unique_ptr<Kind> make_device(std::string_view name, usb::Bus& bus, EventLoop& loop, Log* log,
                                  const DeviceSettings& settings = {}) {
  std::unique_ptr<Device> made = make_device(name, bus, loop, log, settings);
  auto* const kind = dynamic_cast<Kind*>(made.get());
  if (kind == nullptr) __builtin_trap();
  (void)made.release();
  return std::unique_ptr<Kind>(kind);
}

}  // namespace bianmin

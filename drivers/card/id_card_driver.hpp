// What a driver for one family of identity card readers brings along: one file, and one line in
// id_card_drivers.cpp. UsbIdCardReader does the rest.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/card/card_presence.hpp"
#include "drivers/card/id_card.hpp"
#include "drivers/card/id_card_reader.hpp"
#include "drivers/usb/channel.hpp"

namespace bianmin::card {

// Blocking, and bound to the thread of the device. It borrows an open channel. Each call
// ends within the driver's own time limits, or at once when `stop` is requested.
//
// Errors whose code begins with "card." are about the card; all others mean that the device failed
// (about_card()): then the device is recovered and probed again before the next call.
class IdCardProtocol {
 public:
  virtual ~IdCardProtocol() = default;

  // The first call: whether this device speaks the protocol. What an earlier program left on the way is taken
  // off it. Error "reader.not_an_id_reader" and those of the device.
  virtual Result<void> probe(std::stop_token stop) = 0;

  // A short look. `unknown`: this reader cannot tell at the moment.
  virtual Result<CardPresence> look(std::stop_token stop) = 0;

  // Reads a card that look() has just found, with its own tries; never a part of one.
  virtual Result<IdCard> read(const IdCardRequest& request, std::stop_token stop) = 0;

  // What the reader says about itself, for staff and for departments that need the number of the module.
  virtual Result<IdCardModule> module(std::stop_token stop) = 0;
};

inline bool about_card(const Error& error) { return error.code.starts_with("card."); }

struct IdCardDriver {
  std::string_view name;  // for listings: "sdt"
  // The interface to claim when this device may be one for the driver. Pure.
  std::function<std::optional<int>(const usb::DeviceInfo&)> match;
  std::function<std::unique_ptr<IdCardProtocol>(usb::Channel&)> open;  // does not talk to the device yet
};

// All that this terminal knows, in the order of asking.
std::vector<IdCardDriver> id_card_drivers();

// The first driver that would take the device, and its interface.
struct IdCardMatch {
  const IdCardDriver* driver = nullptr;  // null: none; borrows from `drivers`
  int interface = 0;
};
IdCardMatch match_id_card_driver(const std::vector<IdCardDriver>& drivers, const usb::DeviceInfo& device);

}  // namespace bianmin::card

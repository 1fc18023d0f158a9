// The devices of the cabinet around the screen, as far as the site has them.
#pragma once

#include <memory>

#include "drivers/cabinet/cabinet_contacts.hpp"
#include "drivers/cabinet/guide_lights.hpp"
#include "drivers/pad/evdev_jack.hpp"
#include "drivers/pad/hid_key_pad.hpp"
#include "drivers/usb/bus.hpp"
#include "terminal/base/event_loop.hpp"
#include "terminal/base/log.hpp"
#include "terminal/device_settings.hpp"
#include "terminal/session/cabinet.hpp"

namespace bianmin {

// Thread-bound to the loop. All lent must outlive it.
class CabinetDevices {
 public:
  CabinetDevices(const DeviceSettings& settings, usb::Bus& bus, EventLoop& loop, Log& log);

  session::CabinetParts parts() const;  // lends

 private:
  std::unique_ptr<pad::HidKeyPad> pad_;
  std::unique_ptr<cabinet::GuideLights> lights_;
  std::unique_ptr<cabinet::CabinetContacts> contacts_;
  std::unique_ptr<pad::EvdevJack> sound_card_;
  pad::HeadsetJack* jack_ = nullptr;  // one of those above; null: there is none
};

}  // namespace bianmin

#include "terminal/cabinet_devices.hpp"

#include "terminal/device_table.hpp"

namespace bianmin {

CabinetDevices::CabinetDevices(const DeviceSettings& settings, usb::Bus& bus, EventLoop& loop, Log& log) {
  if (settings.key_pad.named()) pad_ = make_device<pad::HidKeyPad>("key-pad", bus, loop, &log, settings);
  if (settings.guide_lights.named())
    lights_ = make_device<cabinet::GuideLights>("guide-lights", bus, loop, &log, settings);
  if (settings.contacts.named())
    contacts_ = make_device<cabinet::CabinetContacts>("cabinet-contacts", bus, loop, &log, settings);
  if (settings.headset_jack == JackSource::sound_card)
    sound_card_ = std::make_unique<pad::EvdevJack>(loop, log);
  if (settings.headset_jack == JackSource::pad && settings.key_pad.keys.has(pad::PadSignal::headset_in))
    jack_ = pad_.get();
  if (sound_card_) jack_ = sound_card_.get();
}

session::CabinetParts CabinetDevices::parts() const {
  return {.keys = pad_.get(), .lights = lights_.get(), .contacts = contacts_.get(), .headset = jack_};
}

}  // namespace bianmin

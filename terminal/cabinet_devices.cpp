#include "terminal/cabinet_devices.hpp"

#include "terminal/device_table.hpp"

namespace bianmin {

CabinetDevices::CabinetDevices(const DeviceSettings& settings, usb::Bus& bus, EventLoop& loop, Log& log) {
  if (settings.key_pad.named()) pad_ = make_device<pad::HidKeyPad>("key-pad", bus, loop, &log, settings);
  if (settings.guide_lights.named())
    lights_ = make_device<cabinet::GuideLights>("guide-lights", bus, loop, &log, settings);
}

session::CabinetParts CabinetDevices::parts() const { return {.keys = pad_.get(), .lights = lights_.get()}; }

}  // namespace bianmin

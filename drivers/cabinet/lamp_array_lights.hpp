// Guide lights that are the lamps of a HID lamp array.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include "drivers/cabinet/guide_lights.hpp"
#include "drivers/usb/bus.hpp"
#include "drivers/usb/device_loop.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::cabinet {

// What a site says of its lights: keyboards and mice have lamp arrays, too, so none is taken that it did not
// name.
struct GuideLightSettings {
  std::uint16_t vendor = 0;  // 0 with product 0: this terminal has no guide lights
  std::uint16_t product = 0;
  std::map<LightPlace, int> lamps;  // the number of each place's lamp

  bool named() const { return vendor != 0 || product != 0; }
};

// "card=0 slip=1 scan=2". Error "lights.bad_places": no such place, a number that no lamp has, a place twice.
Result<std::map<LightPlace, int>> parse_light_places(std::string_view text);

// Its first HID interface that is no boot keyboard or mouse. Pure.
std::optional<int> lamp_array_interface(const GuideLightSettings& settings, const usb::DeviceInfo& device);

// While it serves, the lamps are ours; when it is closed they are dark and the device plays its own pattern
// again. States: absent, starting, ready, faulted "usb.*" | "lights.no_lamps" (no lamp array, or not so many
// lamps as the site says).
class LampArrayLights : public GuideLights {
 public:
  // `bus`, `loop` and `log` (may be null) must outlive it.
  LampArrayLights(usb::Bus& bus, EventLoop& loop, Log* log, GuideLightSettings settings,
                  usb::RecoveryLimits recovery = {});
  ~LampArrayLights() override;

  DeviceState state() const override;
  void watch(std::function<void(DeviceState)> changed) override;
  void set(LightPlace place, Light light) override;

 private:
  class Device;
  std::unique_ptr<Device> device_;
};

}  // namespace bianmin::cabinet

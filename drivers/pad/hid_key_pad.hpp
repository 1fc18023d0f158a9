// A pad of keys, or two switches, that speaks as a HID keyboard. It is claimed, so that nothing it types
// reaches the page or the system.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "drivers/pad/headset_jack.hpp"
#include "drivers/pad/key_map.hpp"
#include "drivers/pad/key_pad.hpp"
#include "drivers/usb/bus.hpp"
#include "drivers/usb/device_loop.hpp"

namespace bianmin::pad {

// What a site says of its pad. Every keyboard could be one, so none is taken that the site did not name.
struct KeyPadSettings {
  std::uint16_t vendor = 0;  // 0 with product 0: this terminal has no pad
  std::uint16_t product = 0;
  KeyMap keys = default_key_map();
  int double_strike_ms = 500;  // accessibility checklist 4

  bool named() const { return vendor != 0 || product != 0; }
};

// The interface of the pad: its boot keyboard, or else its first HID interface with an input endpoint. Pure.
std::optional<int> key_pad_interface(const KeyPadSettings& settings, const usb::DeviceInfo& device);

// States: absent, starting, ready, faulted "usb.*" | "pad.not_a_pad" (none of the keys is in its report
// descriptor).
class HidKeyPad : public KeyPad, public HeadsetJack {
 public:
  // `bus`, `loop` and `log` (may be null) must outlive it.
  HidKeyPad(usb::Bus& bus, EventLoop& loop, Log* log, KeyPadSettings settings,
            usb::RecoveryLimits recovery = {});
  ~HidKeyPad() override;

  DeviceState state() const override;
  void watch(std::function<void(DeviceState)> changed) override;
  void listen(std::function<void(PadKey)> pressed) override;
  // From keys of the map; a pad that goes has no headset in it any more.
  bool headset_in() const override;
  void watch_headset(std::function<void(bool in)> changed) override;

 private:
  class Device;
  std::unique_ptr<Device> device_;
};

}  // namespace bianmin::pad

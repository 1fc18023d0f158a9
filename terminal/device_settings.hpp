// What a site says in kiosk.conf of those devices that nobody can tell by their descriptors alone.
#pragma once

#include <array>
#include <string_view>

#include "drivers/cabinet/lamp_array_lights.hpp"
#include "drivers/cabinet/mcp2221_contacts.hpp"
#include "drivers/pad/hid_key_pad.hpp"
#include "drivers/scanner/code_protocol.hpp"
#include "terminal/base/config.hpp"

namespace bianmin {

// Who tells whether a headset is plugged in.
enum class JackSource { none, pad, sound_card };

// Without the settings there is no such device.
struct DeviceSettings {
  pad::KeyPadSettings key_pad;
  cabinet::GuideLightSettings guide_lights;
  cabinet::ContactWiring contacts;
  JackSource headset_jack = JackSource::pad;
  scanner::CodeScannerSettings code_scanner;
};

//   code_keyboard = VVVV:PPPP       a code scanner that calls itself a keyboard and is of no known maker
//   key_pad = VVVV:PPPP             the pad's USB numbers, in hexadecimal
//   key_pad_keys = next=2c ...      see pad::parse_key_map(); default: pad::default_key_map()
//   key_pad_double_strike_ms = 500  0 to 2,000
//   guide_lights_device = VVVV:PPPP
//   guide_lights = card=0 slip=1 ...  see cabinet::parse_light_places()
//   contacts = door=0:nc tamper=1:no  see cabinet::parse_contact_wiring()
//   headset_jack = pad              or sound-card, none; of a pad: key_pad_keys has headset_in and
//   headset_out
//   code_camera = VVVV:PPPP         the camera that reads codes; without it any USB camera does
inline constexpr std::array<std::string_view, 9> device_setting_keys = {"key_pad",
                                                                        "key_pad_keys",
                                                                        "key_pad_double_strike_ms",
                                                                        "guide_lights_device",
                                                                        "guide_lights",
                                                                        "contacts",
                                                                        "headset_jack",
                                                                        "code_camera",
                                                                        "code_keyboard"};

// Errors: "config.bad_usb_id", "config.bad_number", "pad.bad_key_map", "lights.bad_places",
// "contacts.bad_wiring", "config.bad_headset_jack", "config.keyboard_twice" (pad and scanner at once).
Result<DeviceSettings> read_device_settings(const Config& config);

}  // namespace bianmin

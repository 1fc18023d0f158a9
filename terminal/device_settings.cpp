#include "terminal/device_settings.hpp"

#include "terminal/base/bytes.hpp"

namespace bianmin {

namespace {

constexpr std::int64_t double_strike_max_ms = 2'000;

struct UsbId {
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
};

// "1209:0005"
Result<UsbId> parse_usb_id(std::string_view text) {
  constexpr std::size_t colon_at = 4;
  constexpr std::size_t size = 9;
  const Error bad{Remedy::refuse, "config.bad_usb_id", "expected VVVV:PPPP, not " + std::string(text)};
  if (text.size() != size || text[colon_at] != ':') return bad;
  const auto bytes = from_hex(std::string(text.substr(0, colon_at)) + std::string(text.substr(colon_at + 1)));
  if (!bytes) return bad;
  ByteReader reader(*bytes);
  const std::uint16_t vendor = reader.u16_be();
  return UsbId{vendor, reader.u16_be()};
}

Result<pad::KeyPadSettings> read_key_pad(const Config& config) {
  pad::KeyPadSettings pad;
  if (config.has("key_pad")) {
    const auto id = parse_usb_id(config.text("key_pad"));
    if (!id) return id.error();
    pad.vendor = id->vendor;
    pad.product = id->product;
  }
  if (config.has("key_pad_keys")) {
    auto keys = pad::parse_key_map(config.text("key_pad_keys"));
    if (!keys) return keys.error();
    pad.keys = std::move(*keys);
  }
  const auto strike =
      config.number("key_pad_double_strike_ms", pad.double_strike_ms, 0, double_strike_max_ms);
  if (!strike) return strike.error();
  pad.double_strike_ms = static_cast<int>(*strike);
  return pad;
}

Result<scanner::CodeScannerSettings> read_code_scanner(const Config& config, const pad::KeyPadSettings& pad) {
  scanner::CodeScannerSettings codes;
  if (config.has("code_camera")) {
    const auto id = parse_usb_id(config.text("code_camera"));
    if (!id) return id.error();
    codes.camera_vendor = id->vendor;
    codes.camera_product = id->product;
  }
  if (!config.has("code_keyboard")) return codes;
  const auto id = parse_usb_id(config.text("code_keyboard"));
  if (!id) return id.error();
  if (pad.named() && id->vendor == pad.vendor && id->product == pad.product)
    return Error{Remedy::refuse, "config.keyboard_twice", config.text("code_keyboard")};
  codes.keyboard_vendor = id->vendor;
  codes.keyboard_product = id->product;
  return codes;
}

Result<cabinet::GuideLightSettings> read_guide_lights(const Config& config) {
  cabinet::GuideLightSettings lights;
  if (config.has("guide_lights_device")) {
    const auto id = parse_usb_id(config.text("guide_lights_device"));
    if (!id) return id.error();
    lights.vendor = id->vendor;
    lights.product = id->product;
  }
  auto lamps = cabinet::parse_light_places(config.text("guide_lights"));
  if (!lamps) return lamps.error();
  lights.lamps = std::move(*lamps);
  return lights;
}

}  // namespace

Result<DeviceSettings> read_device_settings(const Config& config) {
  DeviceSettings settings;
  auto pad = read_key_pad(config);
  if (!pad) return pad.error();
  settings.key_pad = std::move(*pad);
  const auto code_scanner = read_code_scanner(config, settings.key_pad);
  if (!code_scanner) return code_scanner.error();
  settings.code_scanner = *code_scanner;
  auto lights = read_guide_lights(config);
  if (!lights) return lights.error();
  settings.guide_lights = std::move(*lights);
  auto contacts = cabinet::parse_contact_wiring(config.text("contacts"));
  if (!contacts) return contacts.error();
  settings.contacts = *contacts;
  const std::string jack = config.text("headset_jack", "pad");
  if (jack != "pad" && jack != "sound-card" && jack != "none")
    return Error{Remedy::refuse, "config.bad_headset_jack", jack};
  settings.headset_jack = jack == "pad"    ? JackSource::pad
                          : jack == "none" ? JackSource::none
                                           : JackSource::sound_card;
  return settings;
}

}  // namespace bianmin

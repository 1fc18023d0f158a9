// The key pad over emulated USB.
#include "drivers/emulator/pad_model.hpp"
#include "drivers/pad/hid_key_pad.hpp"
#include "tests/drivers/device_rig.hpp"

namespace bianmin {

using emulator::FaultKind;
using emulator::PadModel;
using pad::PadKey;

namespace {

pad::KeyPadSettings settings_of(std::string_view keys) {
  pad::KeyPadSettings settings;
  settings.vendor = PadModel::vendor;
  settings.product = PadModel::product;
  settings.keys = pad::parse_key_map(keys).value();
  settings.double_strike_ms = 0;
  return settings;
}

constexpr std::string_view five_keys =
    "previous=52 next=51 confirm=28 back=29 help=3a headset_in=68 headset_out=69";

struct PadRig : LoopRig {
  explicit PadRig(std::string_view keys = five_keys) {
    device.plug();
    pad =
        std::make_unique<pad::HidKeyPad>(*bus, loop, nullptr, settings_of(keys), usb::RecoveryLimits{10, 40});
    pad->listen([this](PadKey key) { pressed.push_back(key); });
    pad->watch_headset([this](bool in) { headset.push_back(in); });
  }
  bool until_ready() {
    return until([&] { return pad->state().usable(); });
  }
  void press(std::initializer_list<std::uint8_t> usages) {
    device.change([&](PadModel& model) {
      for (const std::uint8_t usage : usages) model.press(usage);
    });
  }
  bool until_pressed(std::size_t count) {
    return until([&] { return pressed.size() >= count; });
  }

  EmulatedDevice<PadModel> device;
  std::unique_ptr<pad::HidKeyPad> pad;
  std::vector<PadKey> pressed;
  std::vector<bool> headset;
};

usb::DeviceInfo keyboard_at(std::uint16_t vendor, std::uint16_t product) {
  usb::DeviceInfo device;
  device.vendor = vendor;
  device.product = product;
  const std::vector<usb::EndpointInfo> input = {{0x81, usb::EndpointKind::interrupt, 8}};
  device.interfaces = {{0, 3, 0, 0, input}, {1, 3, 1, 2, input}, {2, 3, 1, 1, input}};
  return device;
}

}  // namespace

TEST_CASE("a keyboard is taken only when the site named it, and then its keyboard interface") {
  pad::KeyPadSettings settings;
  CHECK_FALSE(key_pad_interface(settings, keyboard_at(0x1209, 5)).has_value());
  CHECK_FALSE(key_pad_interface(settings, keyboard_at(0, 0)).has_value());
  settings.vendor = 0x1209;
  settings.product = 5;
  CHECK(key_pad_interface(settings, keyboard_at(0x1209, 5)) == 2);
  CHECK_FALSE(key_pad_interface(settings, keyboard_at(0x1209, 6)).has_value());
  CHECK_FALSE(key_pad_interface(settings, keyboard_at(0x046D, 5)).has_value());
  usb::DeviceInfo no_boot = keyboard_at(0x1209, 5);
  no_boot.interfaces.pop_back();
  CHECK(key_pad_interface(settings, no_boot) == 0);
  for (usb::InterfaceInfo& interface : no_boot.interfaces) interface.endpoints.clear();
  CHECK_FALSE(key_pad_interface(settings, no_boot).has_value());
}

TEST_CASE("each key is told once, in the order of pressing, and the kernel hears none") {
  PadRig rig;
  REQUIRE(rig.until_ready());
  CHECK(rig.device.kernel_driver() == "usbfs");
  rig.press({0x51, 0x52, 0x28, 0x04, 0x29, 0x3A});
  REQUIRE(rig.until_pressed(5));
  CHECK(rig.pressed ==
        std::vector<PadKey>{PadKey::next, PadKey::previous, PadKey::confirm, PadKey::back, PadKey::help});
  rig.pad.reset();
  CHECK(rig.device.kernel_driver() == "usbhid");
}

TEST_CASE("two switches are a pad with two keys") {
  PadRig rig("next=2c confirm=28");
  REQUIRE(rig.until_ready());
  rig.press({0x2C, 0x29, 0x2C, 0x28});
  REQUIRE(rig.until_pressed(3));
  CHECK(rig.pressed == std::vector<PadKey>{PadKey::next, PadKey::next, PadKey::confirm});
}

TEST_CASE("a key that nobody listened to is dropped") {
  PadRig rig;
  REQUIRE(rig.until_ready());
  rig.pad->listen(nullptr);
  rig.press({0x51, 0x68});
  REQUIRE(rig.until([&] { return rig.pad->headset_in(); }));
  rig.pad->listen([&](PadKey key) { rig.pressed.push_back(key); });
  rig.press({0x28});
  REQUIRE(rig.until_pressed(1));
  CHECK(rig.pressed == std::vector<PadKey>{PadKey::confirm});
}

TEST_CASE("the plug of a headset is told by keys, and a pad that goes has no headset in it") {
  PadRig rig;
  REQUIRE(rig.until_ready());
  CHECK_FALSE(rig.pad->headset_in());
  rig.press({0x68, 0x68});
  REQUIRE(rig.until([&] { return rig.headset.size() == 1; }));
  CHECK(rig.pad->headset_in());
  rig.press({0x69});
  REQUIRE(rig.until([&] { return rig.headset.size() == 2; }));
  CHECK_FALSE(rig.pad->headset_in());
  rig.press({0x68});
  REQUIRE(rig.until([&] { return rig.headset.size() == 3; }));
  rig.device.unplug();
  REQUIRE(rig.until([&] { return rig.headset.size() == 4; }));
  CHECK(rig.headset == std::vector<bool>{true, false, true, false});
  CHECK(rig.pressed.empty());
}

TEST_CASE("a pad unplugged while a key is down comes back, and no key hangs") {
  PadRig rig;
  REQUIRE(rig.until_ready());
  int changes = 0;
  rig.pad->watch([&](DeviceState) { ++changes; });
  rig.device.change([](PadModel& model) { model.hold(0x51); });
  REQUIRE(rig.until_pressed(1));
  rig.device.unplug();
  REQUIRE(rig.until([&] { return rig.pad->state().condition == DeviceCondition::absent; }));
  rig.device.plug();
  REQUIRE(rig.until_ready());
  rig.press({0x51});
  REQUIRE(rig.until_pressed(2));
  CHECK(rig.pressed == std::vector<PadKey>{PadKey::next, PadKey::next});
  CHECK(changes >= 3);  // absent, starting, ready
}

TEST_CASE("what has none of the keys is told to be no pad") {
  PadRig rig("next=c:b5 confirm=c:41");
  REQUIRE(rig.until([&] { return rig.pad->state().condition == DeviceCondition::faulted; }));
  CHECK(rig.pad->state().code == "pad.not_a_pad");
}

TEST_CASE("a device that refuses the keyboard's requests is a pad all the same") {
  PadRig rig;
  REQUIRE(rig.until_ready());
  rig.device.unplug();
  REQUIRE(rig.until([&] { return rig.pad->state().condition == DeviceCondition::absent; }));
  rig.device.fail_at(0, FaultKind::stall);
  rig.device.fail_at(1, FaultKind::stall);
  rig.device.plug();
  REQUIRE(rig.until_ready());
  CHECK(rig.device.effect_count() == 2);
  rig.press({0x28});
  REQUIRE(rig.until_pressed(1));
}

}  // namespace bianmin

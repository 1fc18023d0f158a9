// Guide lights over emulated USB.
#include "drivers/cabinet/lamp_array_lights.hpp"
#include "drivers/emulator/lamp_array_model.hpp"
#include "tests/drivers/device_rig.hpp"

namespace bianmin {

using cabinet::Light;
using cabinet::LightPlace;
using emulator::LampArrayModel;

namespace {

struct LightsRig : LoopRig {
  explicit LightsRig(std::string_view places = "card=0 slip=1 scan=4") {
    settings.vendor = LampArrayModel::vendor;
    settings.product = LampArrayModel::product;
    settings.lamps = cabinet::parse_light_places(places).value();
    device.plug();
    open();
  }
  void open() {
    lights = std::make_unique<cabinet::LampArrayLights>(*bus, loop, nullptr, settings,
                                                        usb::RecoveryLimits{10, 40});
  }
  bool until_ready() {
    return until([&] { return lights->state().usable(); });
  }
  bool lit(int lamp) {
    return device.change([&](LampArrayModel& model) { return model.lit(lamp); });
  }
  bool autonomous() {
    return device.change([](LampArrayModel& model) { return model.autonomous(); });
  }
  bool until_lit(int lamp, bool wanted) {
    return until([&] { return lit(lamp) == wanted; });
  }

  EmulatedDevice<LampArrayModel> device;
  cabinet::GuideLightSettings settings;
  std::unique_ptr<cabinet::LampArrayLights> lights;
};

}  // namespace

TEST_CASE("lights are taken only when the site named them") {
  usb::DeviceInfo device;
  device.vendor = 0x1209;
  device.product = 6;
  device.interfaces = {{0, 3, 1, 1, {}}, {1, 3, 0, 0, {}}};
  cabinet::GuideLightSettings settings;
  CHECK_FALSE(lamp_array_interface(settings, device).has_value());
  settings.vendor = 0x1209;
  settings.product = 6;
  CHECK(lamp_array_interface(settings, device) == 1);
  device.interfaces.pop_back();
  CHECK_FALSE(lamp_array_interface(settings, device).has_value());
  device.product = 7;
  CHECK_FALSE(lamp_array_interface(settings, device).has_value());
}

TEST_CASE("each place has its lamp, and the device plays its own pattern only while nobody else does") {
  LightsRig rig;
  REQUIRE(rig.until_ready());
  CHECK_FALSE(rig.autonomous());
  rig.lights->set(LightPlace::card_reader, Light::on);
  rig.lights->set(LightPlace::scanner, Light::on);
  rig.lights->set(LightPlace::page_printer, Light::on);  // it has none
  REQUIRE(rig.until_lit(0, true));
  REQUIRE(rig.until_lit(4, true));
  for (const int other : {1, 2, 3, 5}) CHECK_FALSE(rig.lit(other));
  rig.lights->set(LightPlace::card_reader, Light::off);
  REQUIRE(rig.until_lit(0, false));
  CHECK(rig.lit(4));
  rig.lights.reset();
  CHECK(rig.autonomous());
  for (int lamp = 0; lamp < LampArrayModel::lamp_count; ++lamp) CHECK_FALSE(rig.lit(lamp));
  CHECK(rig.device.kernel_driver() == "usbhid");
}

TEST_CASE("a light blinks once a second, and steady ones beside it do not") {
  LightsRig rig;
  REQUIRE(rig.until_ready());
  rig.lights->set(LightPlace::card_reader, Light::on);
  rig.lights->set(LightPlace::slip_printer, Light::blink);
  REQUIRE(rig.until_lit(0, true));
  REQUIRE(rig.until_lit(1, true));
  const std::int64_t bright_ms = rig.clock.steady_ms();
  REQUIRE(rig.until_lit(1, false));
  CHECK(rig.lit(0));
  REQUIRE(rig.until_lit(1, true));
  CHECK(rig.lit(0));
  // Two half periods have passed, but for the time that it took to see the first of them.
  CHECK(rig.clock.steady_ms() - bright_ms > 1'000 / 3);
  rig.lights->set(LightPlace::slip_printer, Light::on);
  REQUIRE(rig.until_lit(1, true));
  rig.lights->set(LightPlace::slip_printer, Light::off);
  REQUIRE(rig.until_lit(1, false));
}

TEST_CASE("what is lit is lit again after the plug, and what was set meanwhile counts") {
  LightsRig rig;
  REQUIRE(rig.until_ready());
  rig.lights->set(LightPlace::card_reader, Light::on);
  REQUIRE(rig.until_lit(0, true));
  rig.device.unplug();
  REQUIRE(rig.until([&] { return rig.lights->state().condition == DeviceCondition::absent; }));
  rig.lights->set(LightPlace::slip_printer, Light::on);
  rig.device.plug();
  REQUIRE(rig.until_lit(0, true));
  REQUIRE(rig.until_lit(1, true));
  CHECK(rig.lights->state().usable());
}

TEST_CASE("a lamp that is not there, or no lamps at all, are told") {
  LightsRig rig("card=6");
  REQUIRE(rig.until([&] { return rig.lights->state().condition == DeviceCondition::faulted; }));
  CHECK(rig.lights->state().code == "lights.no_lamps");
  rig.lights.reset();
  rig.settings.lamps = {{LightPlace::card_reader, 5}};
  rig.device.change([](LampArrayModel& model) { model.lose_lamps(); });
  rig.open();
  REQUIRE(rig.until([&] { return rig.lights->state().condition == DeviceCondition::faulted; }));
  CHECK(rig.lights->state().code == "lights.no_lamps");
}

}  // namespace bianmin

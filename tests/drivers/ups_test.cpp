// The power supply's driver over emulated USB: what it tells, what it is told, and what goes wrong.
#include "drivers/emulator/ups_model.hpp"
#include "drivers/power/hid_ups.hpp"
#include "tests/drivers/device_rig.hpp"
#include "tests/drivers/quick_options.hpp"

namespace bianmin {

using emulator::FaultKind;
using emulator::UpsModel;

namespace {

struct UpsRig : LoopRig {
  UpsRig() {
    device.plug();
    ups = std::make_unique<power::HidUps>(*bus, loop, nullptr, quick_ups_timings, quick_recovery);
    ups->watch([this](DeviceState state) { told.emplace_back(state.code); });
    REQUIRE(until_code("ready"));
  }
  bool until_code(std::string_view code) {
    return until([&] { return ups->state().code == code; });
  }
  void change(std::function<void(UpsModel&)> how) { device.change(how); }
  std::string switch_off(int delay_s) {
    std::optional<std::string> ended;
    ups->switch_off(delay_s, [&](Result<void> done) {
      CHECK_FALSE(ended.has_value());
      ended = done ? std::string("ok") : std::string(done.error().code);
    });
    REQUIRE(until([&] { return ended.has_value(); }));
    return *ended;
  }

  EmulatedDevice<UpsModel> device;
  std::unique_ptr<power::HidUps> ups;
  std::vector<std::string> told;
};

}  // namespace

TEST_CASE("a power cut is told, and its end, whether the supply tells by itself or is asked") {
  const bool talks = GENERATE(true, false);
  UpsRig rig;
  rig.change([talks](UpsModel& model) { model.set_talks(talks); });
  rig.change([](UpsModel& model) { model.set_mains(false); });
  REQUIRE(rig.until_code("ups.on_battery"));
  CHECK(rig.ups->status().on_battery);
  rig.change([](UpsModel& model) { model.set_charge(15, 900); });
  REQUIRE(rig.until_code("ups.battery_low"));
  REQUIRE(rig.until([&] { return rig.ups->status().charge_percent == 15; }));
  rig.change([](UpsModel& model) { model.set_mains(true); });
  REQUIRE(rig.until_code("ready"));
}

TEST_CASE("one reading that lies is not told") {
  UpsRig rig;
  for (int i = 0; i < 20; ++i) {
    const int before = rig.device.transfer_count();
    rig.change([](UpsModel& model) { model.lie_once(); });
    REQUIRE(rig.until([&] { return rig.device.transfer_count() > before + 12; }));
  }
  CHECK(rig.told.back() == "ready");
  CHECK(std::count(rig.told.begin(), rig.told.end(), "ups.on_battery") == 0);
}

TEST_CASE("what the supply refuses to tell does not stop the rest") {
  UpsRig rig;
  rig.change([](UpsModel& model) { model.set_refuses(12); });
  rig.change([](UpsModel& model) { model.set_mains(false); });
  REQUIRE(rig.until_code("ups.on_battery"));
}

TEST_CASE("it is told to switch off after the terminal, and to come back with mains") {
  UpsRig rig;
  CHECK(rig.switch_off(90) == "ok");
  CHECK(rig.device.change([](UpsModel& model) { return model.shutdown_delay_s(); }) == 90);
  CHECK(rig.device.change([](UpsModel& model) { return model.startup_delay_s(); }) > 0);
  CHECK(rig.switch_off(0) == "ups.cannot_switch");
  CHECK(rig.switch_off(601) == "ups.cannot_switch");
  rig.change([](UpsModel& model) { model.set_stuck(true); });
  CHECK(rig.switch_off(30) == "ups.cannot_switch");
  CHECK(rig.ups->state().usable());
}

TEST_CASE("switching off twice at once, or without a supply, is refused") {
  UpsRig rig;
  std::vector<std::string> ends;
  for (int i = 0; i < 2; ++i) {
    rig.ups->switch_off(
        60, [&](Result<void> done) { ends.push_back(done ? "ok" : std::string(done.error().code)); });
  }
  REQUIRE(rig.until([&] { return ends.size() == 2; }));
  CHECK(std::count(ends.begin(), ends.end(), "ok") >= 1);
  rig.device.unplug();
  REQUIRE(rig.until_code("absent"));
  CHECK(rig.switch_off(60) == "ups.absent");
}

TEST_CASE("a supply that is unplugged while it is told to switch off ends the call, and comes back") {
  UpsRig rig;
  rig.device.fail_at(rig.device.transfer_count() + 12, FaultKind::unplug);
  std::optional<std::string> ended;
  rig.ups->switch_off(60, [&](Result<void> done) { ended = done ? "ok" : std::string(done.error().code); });
  REQUIRE(rig.until([&] { return ended.has_value() && !rig.device.plugged(); }));
  REQUIRE(rig.until_code("absent"));
  rig.device.plug();
  REQUIRE(rig.until_code("ready"));
}

TEST_CASE("a HID device that is no supply is given up, and a real one beside it found") {
  struct Keyboard : UpsModel {
    std::optional<Bytes> control(const emulator::ControlRequest& request) override {
      if (request.request == 6 && request.value == 0x2200)
        return Bytes{0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0xC0};
      return UpsModel::control(request);
    }
  };
  EmulatedDevice<Keyboard> keyboard;
  keyboard.plug();
  LoopRig rig;
  power::HidUps ups(*rig.bus, rig.loop, nullptr, quick_ups_timings, quick_recovery);
  REQUIRE(rig.until([&] { return ups.state() == DeviceState{DeviceCondition::faulted, "ups.not_a_ups"}; }));
  EmulatedDevice<UpsModel> device;
  device.plug();
  REQUIRE(rig.until([&] { return ups.state().usable(); }));
}

}  // namespace bianmin

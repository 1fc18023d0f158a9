// The life of a device: found, served, mended rung by rung, lost.
#include <atomic>

#include "drivers/emulator/hub_model.hpp"
#include "drivers/usb/device_loop.hpp"
#include "tests/drivers/echo_rig.hpp"

namespace bianmin {

namespace {

// Fails as often as it is told to, with the error it is told to, then works until it is stopped.
class FailingUser : public usb::DeviceUser {
 public:
  explicit FailingUser(int failures) : failures_left_(failures) {}
  std::optional<int> match(const usb::DeviceInfo& device) const override {
    return device.vendor == 0x1209 && device.product == 0x0001 ? std::optional<int>(0) : std::nullopt;
  }
  Error serve(Channel& channel, std::stop_token stop) override {
    ++serves;
    if (failures_left_ > 0) {
      --failures_left_;
      return {Remedy::retry_later, "usb.stall", "scripted"};
    }
    loop->publish({DeviceCondition::ready, "ready"});
    loop->healthy();
    const auto heard = channel.read(0x81, 64, patience_ms * 10, stop);
    return heard ? Error{Remedy::retry_later, "usb.io", "unasked"} : heard.error();
  }
  usb::DeviceLoop* loop = nullptr;
  std::atomic<int> serves = 0;

 private:
  int failures_left_;
};

struct LoopOfDevice : UsbRig {
  explicit LoopOfDevice(int failures, usb::RecoveryLimits limits = {5, 20}, bool plugged = true)
      : UsbRig(plugged), user(failures), device_loop(*bus, loop, nullptr, "echo", user, limits) {
    user.loop = &device_loop;
    device_loop.watch([this](DeviceState state) { states.push_back(state); });
    device_loop.start();
  }
  bool until_ready() {
    return until([&] { return device_loop.state().usable(); });
  }
  bool was_faulted() const {
    return std::any_of(states.begin(), states.end(),
                       [](const DeviceState& state) { return state.condition == DeviceCondition::faulted; });
  }
  FailingUser user;
  std::vector<DeviceState> states;
  usb::DeviceLoop device_loop;
};

}  // namespace

TEST_CASE("the ladder is climbed rung by rung, and its first rungs are not told as a fault") {
  const int failures = GENERATE(0, 1, 2, 3);
  LoopOfDevice rig(failures);
  REQUIRE(rig.until_ready());
  CHECK(rig.user.serves == failures + 1);
  CHECK_FALSE(rig.was_faulted());
}

TEST_CASE("a device beyond the ladder is faulted with its error, and tried for ever") {
  LoopOfDevice rig(12);
  REQUIRE(rig.until([&] { return rig.was_faulted(); }));
  CHECK(rig.device_loop.state().code == "usb.stall");
  REQUIRE(rig.until_ready());
  CHECK(rig.user.serves == 13);
}

TEST_CASE("the last rung takes the power from the device's port alone, and what comes back is served") {
  const auto [switching, failures, faulted] =
      GENERATE(table<emulator::PowerSwitching, int, bool>({{emulator::PowerSwitching::each_port, 4, false},
                                                           {emulator::PowerSwitching::each_port, 5, true},
                                                           {emulator::PowerSwitching::all_ports, 4, false}}));
  constexpr int hub_port = 2;
  constexpr int off_ms = 300;
  emulator::Testbed& testbed = shared_testbed();
  static std::vector<std::unique_ptr<emulator::DeviceModel>> models;  // the testbed keeps them
  std::vector<std::pair<int, bool>> switched;
  std::chrono::steady_clock::time_point off;
  std::chrono::steady_clock::duration pause{};
  emulator::Testbed::Port behind = 0;
  models.push_back(std::make_unique<emulator::HubModel>(switching, [&](int port, bool on) {
    switched.emplace_back(port, on);
    if (!on) off = std::chrono::steady_clock::now();
    if (on) pause = std::chrono::steady_clock::now() - off;
    testbed.power(behind, on);
  }));
  const auto hub = testbed.add(*models.back());
  models.push_back(std::make_unique<EchoModel>());
  behind = testbed.add_behind(hub, hub_port, *models.back());
  testbed.plug(hub);
  testbed.plug(behind);

  LoopOfDevice rig(failures, {.backoff_first_ms = 5, .backoff_max_ms = 20, .power_off_ms = off_ms}, false);
  REQUIRE(rig.until_ready());
  CHECK(rig.was_faulted() == faulted);  // the device leaving for want of power does not begin the ladder anew
  CHECK(rig.user.serves == failures + 1);
  const auto seen = testbed.change([&] { return switched; });
  if (switching == emulator::PowerSwitching::each_port) {
    CHECK(seen == std::vector<std::pair<int, bool>>{{hub_port, false}, {hub_port, true}});
    CHECK(pause >= std::chrono::milliseconds(off_ms));
  } else {
    CHECK(seen.empty());  // others hang on that hub
  }
  testbed.unplug(behind);
  testbed.unplug(hub);
}

TEST_CASE("a device that cannot be mended does not stand before another that works") {
  UsbRig rig;
  EmulatedDevice<EchoModel> second;
  auto held = rig.open();
  FailingUser user(0);
  usb::DeviceLoop device_loop(*rig.bus, rig.loop, nullptr, "echo", user, {5, 20});
  user.loop = &device_loop;
  device_loop.start();
  REQUIRE(rig.until([&] { return device_loop.state().condition == DeviceCondition::faulted; }));
  second.plug();
  REQUIRE(rig.until([&] { return device_loop.state().usable(); }));
  CHECK(second.kernel_driver() == "usbfs");
  second.unplug();
  held.reset();
  REQUIRE(rig.until([&] { return rig.device.kernel_driver() == "usbfs"; }));
  REQUIRE(rig.until([&] { return device_loop.state().usable(); }));
}

TEST_CASE("a device that is held by another program is busy, and taken when it is free") {
  UsbRig rig;
  auto held = rig.open();
  FailingUser user(0);
  usb::DeviceLoop device_loop(*rig.bus, rig.loop, nullptr, "echo", user, {5, 20});
  user.loop = &device_loop;
  device_loop.start();
  REQUIRE(rig.until([&] { return device_loop.state().condition == DeviceCondition::faulted; }));
  CHECK(device_loop.state().code == "usb.busy");
  held.reset();
  REQUIRE(rig.until([&] { return device_loop.state().usable(); }));
}

TEST_CASE("the state follows the plug, many times") {
  LoopOfDevice rig(0);
  for (int i = 0; i < 20; ++i) {
    REQUIRE(rig.until_ready());
    rig.device.unplug();
    REQUIRE(rig.until([&] { return rig.device_loop.state().condition == DeviceCondition::absent; }));
    rig.device.plug();
  }
  REQUIRE(rig.until_ready());
  CHECK_FALSE(rig.was_faulted());
}

TEST_CASE("a device is starting until the first look has ended, and only then absent") {
  UsbRig rig;
  rig.device.unplug();
  REQUIRE(rig.until([&] { return rig.bus->devices().empty(); }));
  FailingUser user(0);
  usb::DeviceLoop device_loop(*rig.bus, rig.loop, nullptr, "echo", user);
  user.loop = &device_loop;
  std::vector<std::string_view> codes;
  device_loop.watch([&](DeviceState now) { codes.push_back(now.code); });
  device_loop.start();
  CHECK(device_loop.state().code == "starting");  // what its thread found out comes with the loop
  REQUIRE(rig.until([&] { return device_loop.state().condition == DeviceCondition::absent; }));
  CHECK(codes == std::vector<std::string_view>{"absent"});
}

TEST_CASE("before the bus begins, a device that is plugged in is starting, and is found afterwards") {
  UsbRig rig;
  usb::Bus later(nullptr);
  FailingUser user(0);
  usb::DeviceLoop device_loop(later, rig.loop, nullptr, "echo", user);
  user.loop = &device_loop;
  std::vector<std::string_view> codes;
  device_loop.watch([&](DeviceState now) { codes.push_back(now.code); });
  device_loop.start();
  later.report_gone(*rig.find());  // nothing to wake yet
  CHECK_FALSE(later.looked());
  rig.loop.run_once(short_ms);
  CHECK(device_loop.state().code == "starting");
  REQUIRE(later.begin().ok());
  REQUIRE(rig.until([&] { return device_loop.state().usable(); }));
  CHECK(later.looked());
  CHECK(codes == std::vector<std::string_view>{"ready"});  // never absent
}

TEST_CASE("a bus that never begins ends with its devices") {
  UsbRig rig;
  usb::Bus never(nullptr);
  FailingUser user(0);
  usb::DeviceLoop device_loop(never, rig.loop, nullptr, "echo", user);
  user.loop = &device_loop;
  device_loop.start();
  CHECK(user.serves == 0);
}

TEST_CASE("nothing that was posted runs after the end of a device loop") {
  UsbRig rig;
  bool ran = false;
  {
    FailingUser user(0);
    usb::DeviceLoop device_loop(*rig.bus, rig.loop, nullptr, "echo", user);
    user.loop = &device_loop;
    device_loop.start();
    REQUIRE(rig.until([&] { return device_loop.state().usable(); }));
    device_loop.post([&] { ran = true; });
  }
  rig.loop.run_once(0);
  CHECK_FALSE(ran);
}

}  // namespace bianmin

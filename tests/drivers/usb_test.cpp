// Channels and the bus, over an emulated device of which each answer is scripted.
#include <cstdio>
#include <filesystem>
#include <thread>

#include "drivers/emulator/hub_model.hpp"
#include "drivers/emulator/printer_model.hpp"
#include "drivers/emulator/scanner_model.hpp"
#include "drivers/usb/channel.hpp"
#include "drivers/usb/device_loop.hpp"
#include "drivers/usb/inventory.hpp"
#include "tests/drivers/device_rig.hpp"

namespace bianmin {

using emulator::FaultKind;
using usb::Channel;

namespace {

// Sends back what it is sent, as one answer per transfer. Silent when told to be.
class EchoModel : public emulator::DeviceModel {
 public:
  EchoModel() {
    spec_.vendor = 0x1209;
    spec_.product = 0x0001;
    spec_.manufacturer = "便民";
    spec_.product_name = "Echo";
    emulator::InterfaceSpec interface;
    interface.endpoints = {{0x01}, {0x81}};
    interface.kernel_driver = "usblp";
    spec_.interfaces = {interface};
  }
  const emulator::DeviceSpec& spec() const override { return spec_; }
  void power_on() override { answers_.clear(); }
  std::size_t take(std::uint8_t, ByteView bytes) override {
    const std::size_t count = std::min(bytes.size(), take_max_);
    take_max_ -= count;
    if (count > 0) answers_.emplace_back(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    return count;
  }
  std::optional<Bytes> give(std::uint8_t) override {
    if (answers_.empty()) return std::nullopt;
    Bytes next = std::move(answers_.front());
    answers_.pop_front();
    return next;
  }
  std::optional<Bytes> control(const emulator::ControlRequest& request) override {
    if (request.request == 0x42) return Bytes{1, 2, 3};
    if (request.request_type == 0x41 && request.request == 0x44) {
      told = request;
      return Bytes();
    }
    return std::nullopt;
  }
  void take_at_most(std::size_t count) { take_max_ = count; }
  emulator::ControlRequest told;

 private:
  emulator::DeviceSpec spec_;
  std::deque<Bytes> answers_;
  std::size_t take_max_ = 1'000'000;
};

struct UsbRig : LoopRig {
  explicit UsbRig(bool plugged = true) {
    if (!plugged) return;
    device.plug();
    REQUIRE(until([&] { return find().has_value(); }));
  }
  std::optional<usb::DeviceInfo> find() {
    for (const usb::DeviceInfo& info : bus->devices()) {
      if (info.vendor == 0x1209) return info;
    }
    return std::nullopt;
  }
  std::unique_ptr<Channel> open() {
    auto channel = Channel::open(*find(), 0, {});
    REQUIRE(channel.ok());
    return std::move(channel).value();
  }
  EmulatedDevice<EchoModel> device;
};

constexpr int patience_ms = 10'000;
constexpr int short_ms = 30;

template <typename T>
std::string_view code_of(const Result<T>& result) {
  return result ? std::string_view("ok") : result.error().code;
}

}  // namespace

TEST_CASE("bytes go out and come back") {
  UsbRig rig;
  const auto channel = rig.open();
  for (const std::size_t count : {1U, 63U, 64U, 65U, 4'096U}) {
    const Bytes sent(count, 0x5A);
    CHECK(*channel->write(0x01, sent, patience_ms, {}) == count);
    CHECK(*channel->read(0x81, 8'192, patience_ms, {}) == sent);
  }
  CHECK(*channel->control_read(0xC1, 0x42, 0, 0, 16, patience_ms, {}) == Bytes{1, 2, 3});
  CHECK(code_of(channel->control_read(0xC1, 0x43, 0, 0, 16, patience_ms, {})) == "usb.stall");
  CHECK(code_of(channel->write(0x02, Bytes{1}, patience_ms, {})) == "usb.not_found");
  CHECK(code_of(channel->write(0x81, Bytes{1}, patience_ms, {})) == "usb.not_found");
  CHECK(code_of(channel->read(0x01, 64, patience_ms, {})) == "usb.not_found");
}

TEST_CASE("requests go to the device on endpoint 0, and one that it refuses is a stall") {
  UsbRig rig;
  const auto channel = rig.open();
  REQUIRE(channel->control_write(0x41, 0x44, 0x1234, 7, Bytes{9, 8, 7}, patience_ms, {}).ok());
  const auto told = rig.device.change([](EchoModel& model) { return model.told; });
  CHECK(told.value == 0x1234);
  CHECK(told.index == 7);
  CHECK(told.length == 3);
  CHECK(told.data == Bytes{9, 8, 7});
  CHECK(channel->control_write(0x41, 0x44, 0, 0, {}, patience_ms, {}).ok());
  CHECK(code_of(channel->control_write(0x41, 0x45, 0, 0, Bytes(64), patience_ms, {})) == "usb.stall");
  CHECK(code_of(channel->control_write(0x41, 0x44, 0, 0, Bytes(65'536), patience_ms, {})) == "usb.overflow");
  rig.device.unplug();
  CHECK(code_of(channel->control_write(0x41, 0x44, 0, 0, {}, patience_ms, {})) == "usb.gone");
}

TEST_CASE("a claim takes the interface from the kernel's driver, and keeps others out until it ends") {
  UsbRig rig;
  auto channel = rig.open();
  CHECK(code_of(Channel::open(*rig.find(), 0, {})) == "usb.busy");
  channel.reset();
  CHECK(rig.open() != nullptr);
  CHECK(code_of(Channel::open(*rig.find(), 7, {})) == "usb.not_found");
}

TEST_CASE("the kernel's driver has its interface back when a channel ends, however it ends") {
  UsbRig rig;
  REQUIRE(rig.device.kernel_driver() == "usblp");
  auto channel = rig.open();
  CHECK(rig.device.kernel_driver() == "usbfs");
  CHECK(code_of(Channel::open(*rig.find(), 0, {})) == "usb.busy");
  CHECK(rig.device.kernel_driver() == "usbfs");  // a failed open disturbs nobody
  channel.reset();
  CHECK(rig.device.kernel_driver() == "usblp");
  channel = rig.open();
  REQUIRE(channel->reset().ok());
  CHECK(rig.device.kernel_driver() == "usbfs");
  channel.reset();
  CHECK(rig.device.kernel_driver() == "usblp");
  channel = rig.open();
  rig.device.fail_at(rig.device.transfer_count(), FaultKind::stall);
  CHECK(code_of(channel->write(0x01, Bytes(4), patience_ms, {})) == "usb.stall");
  channel.reset();
  CHECK(rig.device.kernel_driver() == "usblp");
  CHECK(code_of(Channel::open(*rig.find(), 7, {})) == "usb.not_found");
  CHECK(rig.device.kernel_driver() == "usblp");
}

TEST_CASE("every wait ends: by its time, by a stop, by the plug") {
  UsbRig rig;
  const auto channel = rig.open();
  CHECK(code_of(channel->read(0x81, 64, short_ms, {})) == "usb.timeout");
  rig.device.change([](EchoModel& model) { model.take_at_most(0); });
  CHECK(code_of(channel->write(0x01, Bytes(10), short_ms, {})) == "usb.timeout");
  rig.device.change([](EchoModel& model) { model.take_at_most(4); });
  CHECK(*channel->write(0x01, Bytes(10), short_ms, {}) == 4);
  CHECK(channel->read(0x81, 64, patience_ms, {})->size() == 4);

  std::stop_source stop;
  {
    const std::jthread stopper([&] { stop.request_stop(); });
    CHECK(code_of(channel->read(0x81, 64, patience_ms, stop.get_token())) == "usb.cancelled");
  }
  CHECK(code_of(channel->read(0x81, 64, patience_ms, stop.get_token())) == "usb.cancelled");
  {
    const std::jthread unplugger([&] { rig.device.unplug(); });
    CHECK(code_of(channel->read(0x81, 64, patience_ms, {})) == "usb.gone");
  }
  CHECK(code_of(channel->write(0x01, Bytes(1), patience_ms, {})) == "usb.gone");
  CHECK_FALSE(channel->clear_halts().ok());
  CHECK_FALSE(channel->reset().ok());
}

TEST_CASE("a stall lasts until it is cleared, and a packet too long is an overflow") {
  UsbRig rig;
  const auto channel = rig.open();
  rig.device.fail_at(0, FaultKind::stall);
  CHECK(code_of(channel->write(0x01, Bytes(4), patience_ms, {})) == "usb.stall");
  CHECK(code_of(channel->write(0x01, Bytes(4), patience_ms, {})) == "usb.stall");
  REQUIRE(channel->clear_halts().ok());
  CHECK(*channel->write(0x01, Bytes(50), patience_ms, {}) == 50);
  CHECK(code_of(channel->read(0x81, 20, patience_ms, {})) == "usb.overflow");
  REQUIRE(channel->reset().ok());
  CHECK(*channel->write(0x01, Bytes(2), patience_ms, {}) == 2);
  CHECK(channel->read(0x81, 64, patience_ms, {})->size() == 2);
}

TEST_CASE("the bus follows what is plugged in") {
  UsbRig rig(false);
  CHECK_FALSE(rig.find().has_value());
  rig.device.plug();
  REQUIRE(rig.until([&] { return rig.find().has_value(); }));
  const auto first = *rig.find();
  CHECK(first.product == 0x0001);
  REQUIRE(first.interfaces.size() == 1);
  CHECK(first.interfaces[0].endpoints.size() == 2);
  rig.device.unplug();
  REQUIRE(rig.until([&] { return !rig.find().has_value(); }));
  rig.device.plug();
  REQUIRE(rig.until([&] { return rig.find().has_value(); }));
  CHECK(rig.find()->port == first.port);
  CHECK_FALSE(rig.find()->same_device(first));
  CHECK(code_of(Channel::open(first, 0, {})) == "usb.gone");
}

TEST_CASE("a listing has names, and what has none is listed too") {
  UsbRig rig;
  const auto listed = usb::list();
  REQUIRE(listed.ok());
  const auto echo = std::find_if(listed->begin(), listed->end(), [](const usb::ListedDevice& device) {
    return device.info.vendor == 0x1209;
  });
  REQUIRE(echo != listed->end());
  CHECK(echo->manufacturer == "便民");
  CHECK(echo->product_name == "Echo");
}

TEST_CASE("a listing asks nothing of the devices: one that cannot be opened has its name, too") {
  UsbRig rig;
  char node[64];
  std::snprintf(node, sizeof node, "/dev/bus/usb/%03d/%03d", rig.find()->bus, rig.find()->address);
  REQUIRE(std::filesystem::remove(shared_testbed().root_folder() + node));
  const auto listed = usb::list();
  REQUIRE(listed.ok());
  const auto echo = std::find_if(listed->begin(), listed->end(), [](const usb::ListedDevice& device) {
    return device.info.vendor == 0x1209;
  });
  REQUIRE(echo != listed->end());
  CHECK(echo->product_name == "Echo");
}

TEST_CASE("a subscriber hears of changes and of nothing once it has gone") {
  UsbRig rig(false);
  std::atomic<int> heard = 0;
  const auto subscription = rig.bus->subscribe([&] { ++heard; });
  rig.device.plug();
  REQUIRE(rig.until([&] { return heard > 0; }));
  rig.bus->unsubscribe(subscription);
  const int before = heard;
  rig.device.unplug();
  REQUIRE(rig.until([&] { return !rig.find().has_value(); }));
  CHECK(heard == before);
}

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

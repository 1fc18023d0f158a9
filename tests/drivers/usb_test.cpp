// Channels and the bus, over an emulated device of which each answer is scripted.
#include <cstdio>
#include <filesystem>
#include <thread>

#include "drivers/emulator/printer_model.hpp"
#include "drivers/emulator/scanner_model.hpp"
#include "drivers/usb/inventory.hpp"
#include "tests/drivers/echo_rig.hpp"

namespace bianmin {

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

}  // namespace bianmin

// A device that sends back what it is sent, on a bus of its own, for tests of channels and device loops.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>

#include "drivers/usb/channel.hpp"
#include "tests/drivers/device_rig.hpp"

namespace bianmin {

using emulator::FaultKind;
using usb::Channel;

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

}  // namespace bianmin

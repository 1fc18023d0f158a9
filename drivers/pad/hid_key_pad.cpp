#include "drivers/pad/hid_key_pad.hpp"

#include <algorithm>

#include "drivers/hid/hid_channel.hpp"
#include "drivers/pad/key_strokes.hpp"

namespace bianmin::pad {

namespace {

constexpr int idle_timeout_ms = 600'000;  // nobody presses for so long: look whether the pad still answers
constexpr int request_timeout_ms = 1'000;
constexpr std::uint8_t boot_subclass = 1;
constexpr std::uint8_t keyboard_protocol = 1;

bool has_input(const usb::InterfaceInfo& interface) {
  return interface.device_class == hid::interface_class && hid::interrupt_in(interface) != nullptr;
}

// Reports as the descriptor has them, and only when a key changes. Devices without these requests stall.
Result<void> prepare(usb::Channel& channel, const std::stop_token& stop) {
  constexpr std::uint8_t class_interface_out = 0x21;
  constexpr std::uint8_t set_idle = 0x0A;
  constexpr std::uint8_t set_protocol = 0x0B;
  constexpr std::uint16_t report_protocol = 1;
  const auto ask = [&](std::uint8_t request, std::uint16_t value) -> Result<void> {
    auto asked = channel.control_write(class_interface_out, request, value, channel.interface().number, {},
                                       request_timeout_ms, stop);
    if (!asked && asked.error().code == "usb.stall") return {};
    return asked;
  };
  if (channel.interface().subclass == boot_subclass) {
    if (auto asked = ask(set_protocol, report_protocol); !asked) return asked;
  }
  return ask(set_idle, 0);
}

}  // namespace

std::optional<int> key_pad_interface(const KeyPadSettings& settings, const usb::DeviceInfo& device) {
  const bool ours =
      settings.named() && device.vendor == settings.vendor && device.product == settings.product;
  if (!ours) return std::nullopt;
  const auto& all = device.interfaces;
  auto found = std::find_if(all.begin(), all.end(), [](const usb::InterfaceInfo& each) {
    return has_input(each) && each.protocol == keyboard_protocol;
  });
  if (found == all.end()) found = std::find_if(all.begin(), all.end(), has_input);
  if (found == all.end()) return std::nullopt;
  return found->number;
}

class HidKeyPad::Device : public usb::DeviceUser {
 public:
  Device(usb::Bus& bus, EventLoop& loop, Log* log, KeyPadSettings settings, usb::RecoveryLimits recovery)
      : settings_(std::move(settings)), clock_(loop.clock()), loop_(bus, loop, log, "pad", *this, recovery) {
    loop_.watch([this](DeviceState now) { state_changed(now); });
  }

  usb::DeviceLoop& loop() { return loop_; }
  void watch(std::function<void(DeviceState)> changed) { changed_ = std::move(changed); }
  void listen(std::function<void(PadKey)> pressed) { pressed_ = std::move(pressed); }
  bool headset_in() const { return headset_in_; }
  void watch_headset(std::function<void(bool)> changed) { headset_changed_ = std::move(changed); }

  std::optional<int> match(const usb::DeviceInfo& device) const override {
    return key_pad_interface(settings_, device);
  }
  Error serve(usb::Channel& channel, std::stop_token stop) override;

 private:
  void state_changed(DeviceState now);
  void tell(PadSignal signal);
  void set_headset(bool in);

  const KeyPadSettings settings_;
  const Clock& clock_;
  std::function<void(DeviceState)> changed_;  // these four: loop
  std::function<void(PadKey)> pressed_;
  std::function<void(bool)> headset_changed_;
  bool headset_in_ = false;
  usb::DeviceLoop loop_;  // last: its thread uses all of the above
};

void HidKeyPad::Device::state_changed(DeviceState now) {
  if (!now.usable()) set_headset(false);
  const auto watcher = changed_;
  if (watcher) watcher(now);
}

void HidKeyPad::Device::set_headset(bool in) {
  if (headset_in_ == in) return;
  headset_in_ = in;
  const auto watcher = headset_changed_;
  if (watcher) watcher(in);
}

void HidKeyPad::Device::tell(PadSignal signal) {
  const auto key = key_of(signal);
  if (!key) return set_headset(signal == PadSignal::headset_in);
  const auto listener = pressed_;  // it may replace itself
  if (listener) listener(*key);
}

Error HidKeyPad::Device::serve(usb::Channel& channel, std::stop_token stop) {
  const auto not_a_pad = [](std::string why) {
    return Error{Remedy::call_staff, "pad.not_a_pad", std::move(why)};
  };
  const usb::EndpointInfo* endpoint = hid::interrupt_in(channel.interface());
  if (endpoint == nullptr) return not_a_pad("no endpoint");
  if (auto prepared = prepare(channel, stop); !prepared) return prepared.error();
  auto descriptor = hid::report_descriptor(channel, stop);
  if (!descriptor && descriptor.error().code != "hid.bad_descriptor") return descriptor.error();
  if (!descriptor) return not_a_pad(descriptor.error().detail);
  KeyStrokes strokes(std::move(*descriptor), settings_.keys, settings_.double_strike_ms);
  if (!strokes.possible()) return not_a_pad("none of the keys of the map");
  loop_.publish({DeviceCondition::ready, "ready"});
  for (;;) {
    const auto report = channel.read(endpoint->address, endpoint->packet_byte_max, idle_timeout_ms, stop);
    if (!report && report.error().code == "usb.timeout") continue;
    if (!report) return report.error();
    loop_.healthy();
    for (const PadSignal signal : strokes.take(*report, clock_.steady_ms()))
      loop_.post([this, signal] { tell(signal); });
  }
}

HidKeyPad::HidKeyPad(usb::Bus& bus, EventLoop& loop, Log* log, KeyPadSettings settings,
                     usb::RecoveryLimits recovery)
    : device_(std::make_unique<Device>(bus, loop, log, std::move(settings), recovery)) {
  device_->loop().start();
}

HidKeyPad::~HidKeyPad() = default;

DeviceState HidKeyPad::state() const { return device_->loop().state(); }
void HidKeyPad::watch(std::function<void(DeviceState)> changed) { device_->watch(std::move(changed)); }
void HidKeyPad::listen(std::function<void(PadKey)> pressed) { device_->listen(std::move(pressed)); }
bool HidKeyPad::headset_in() const { return device_->headset_in(); }
void HidKeyPad::watch_headset(std::function<void(bool)> changed) {
  device_->watch_headset(std::move(changed));
}

}  // namespace bianmin::pad

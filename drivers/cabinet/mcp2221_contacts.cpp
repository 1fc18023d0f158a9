#include "drivers/cabinet/mcp2221_contacts.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "drivers/hid/hid_channel.hpp"

namespace bianmin::cabinet {

namespace {

constexpr std::uint16_t chip_vendor = 0x04D8;
constexpr std::uint16_t chip_product = 0x00DD;
constexpr int answer_timeout_ms = 1'000;
constexpr int stale_timeout_ms = 20;
constexpr int stale_count_max = 4;

const usb::EndpointInfo* interrupt_out(const usb::InterfaceInfo& interface) {
  const auto found =
      std::find_if(interface.endpoints.begin(), interface.endpoints.end(), [](const usb::EndpointInfo& each) {
        return !each.is_in() && each.kind == usb::EndpointKind::interrupt;
      });
  return found == interface.endpoints.end() ? nullptr : &*found;
}

bool speaks(const usb::InterfaceInfo& interface) {
  return interface.device_class == hid::interface_class && hid::interrupt_in(interface) != nullptr &&
         interrupt_out(interface) != nullptr;
}

// Commands and answers by turns: an answer carries nothing of its command but its code.
class Chip {
 public:
  Chip(usb::Channel& channel, std::stop_token stop)
      : channel_(channel),
        stop_(std::move(stop)),
        in_(hid::interrupt_in(channel.interface())),
        out_(interrupt_out(channel.interface())) {}

  bool speaks() const { return in_ != nullptr && out_ != nullptr; }
  // Answers that nobody waited for any more, or the next one would be taken for another command's.
  Result<void> drop_stale() {
    for (int i = 0; i < stale_count_max; ++i) {
      const auto stale = channel_.read(in_->address, mcp2221::report_byte_count, stale_timeout_ms, stop_);
      if (!stale && stale.error().code == "usb.timeout") return {};
      if (!stale) return stale.error();
    }
    return {};
  }
  Result<Bytes> ask(const Bytes& command) {
    const auto sent = channel_.write(out_->address, command, answer_timeout_ms, stop_);
    if (!sent) return sent.error();
    return channel_.read(in_->address, mcp2221::report_byte_count, answer_timeout_ms, stop_);
  }

 private:
  usb::Channel& channel_;
  std::stop_token stop_;
  const usb::EndpointInfo* in_;
  const usb::EndpointInfo* out_;
};

DeviceState state_of(const ContactState& contacts) {
  if (contacts.tampered) return {DeviceCondition::needs_attention, "contacts.tampered"};
  if (contacts.door_open) return {DeviceCondition::needs_attention, "contacts.door_open"};
  return {DeviceCondition::ready, "ready"};
}

}  // namespace

std::optional<int> mcp2221_interface(const ContactWiring& wiring, const usb::DeviceInfo& device) {
  if (!wiring.named() || device.vendor != chip_vendor || device.product != chip_product) return std::nullopt;
  const auto found = std::find_if(device.interfaces.begin(), device.interfaces.end(), speaks);
  if (found == device.interfaces.end()) return std::nullopt;
  return found->number;
}

class Mcp2221Contacts::Device : public usb::DeviceUser {
 public:
  Device(usb::Bus& bus, EventLoop& loop, Log* log, ContactWiring wiring, usb::RecoveryLimits recovery)
      : wiring_(std::move(wiring)), loop_(bus, loop, log, "contacts", *this, recovery) {}

  usb::DeviceLoop& loop() { return loop_; }
  ContactState contacts() const { return contacts_; }
  void watch_contacts(std::function<void(ContactState)> changed) { contacts_changed_ = std::move(changed); }

  std::optional<int> match(const usb::DeviceInfo& device) const override {
    return mcp2221_interface(wiring_, device);
  }
  Error serve(usb::Channel& channel, std::stop_token stop) override;

 private:
  Result<void> make_inputs(Chip& chip);
  void tell(ContactState now);

  const ContactWiring wiring_;
  ContactState contacts_;                               // loop
  std::function<void(ContactState)> contacts_changed_;  // loop
  usb::DeviceLoop loop_;                                // last: its thread uses all of the above
};

void Mcp2221Contacts::Device::tell(ContactState now) {
  if (contacts_ == now) return;
  contacts_ = now;
  const auto watcher = contacts_changed_;
  if (watcher) watcher(now);
}

// The chip may have been set up for something else; until its power goes, our pins are inputs.
Result<void> Mcp2221Contacts::Device::make_inputs(Chip& chip) {
  const auto told = chip.ask(mcp2221::get_settings());
  if (!told) return told.error();
  const auto before = mcp2221::read_settings(*told);
  if (!before) return before.error();
  mcp2221::PinSettings wanted = *before;
  for (const auto& contact : {wiring_.door, wiring_.tamper}) {
    if (contact) wanted.at(contact->pin) = mcp2221::input_pin;
  }
  if (wanted == *before) return {};
  const auto set = chip.ask(mcp2221::set_settings(wanted));
  if (!set) return set.error();
  return mcp2221::read_settings_set(*set);
}

Error Mcp2221Contacts::Device::serve(usb::Channel& channel, std::stop_token stop) {
  Chip chip(channel, stop);
  if (!chip.speaks()) return {Remedy::call_staff, "contacts.unreadable", "no endpoints"};
  if (auto quiet = chip.drop_stale(); !quiet) return quiet.error();
  if (auto inputs = make_inputs(chip); !inputs) return inputs.error();
  ContactReadings readings(wiring_);
  std::mutex mutex;
  std::condition_variable_any pause;
  for (;;) {
    const auto answer = chip.ask(mcp2221::get_pins());
    if (!answer) return answer.error();
    const auto pins = mcp2221::read_pins(*answer);
    if (!pins) return pins.error();
    for (const auto& contact : {wiring_.door, wiring_.tamper}) {
      if (contact && !pins->at(contact->pin).readable)
        return {Remedy::call_staff, "contacts.unreadable", "a pin is used for something else"};
    }
    if (const auto now = readings.take(*pins)) {
      // Whoever is told of the state looks at the contacts then.
      loop_.post([this, now = *now] { tell(now); });
      loop_.publish(state_of(*now));
      loop_.healthy();
    }
    std::unique_lock lock(mutex);
    (void)pause.wait_for(lock, stop, std::chrono::milliseconds(poll_ms), [] { return false; });
    if (stop.stop_requested()) return {Remedy::retry_later, "usb.cancelled", "stopped"};
  }
}

Mcp2221Contacts::Mcp2221Contacts(usb::Bus& bus, EventLoop& loop, Log* log, ContactWiring wiring,
                                 usb::RecoveryLimits recovery)
    : device_(std::make_unique<Device>(bus, loop, log, std::move(wiring), recovery)) {
  device_->loop().start();
}

Mcp2221Contacts::~Mcp2221Contacts() = default;

DeviceState Mcp2221Contacts::state() const { return device_->loop().state(); }
void Mcp2221Contacts::watch(std::function<void(DeviceState)> changed) {
  device_->loop().watch(std::move(changed));
}
ContactState Mcp2221Contacts::contacts() const { return device_->contacts(); }
void Mcp2221Contacts::watch_contacts(std::function<void(ContactState)> changed) {
  device_->watch_contacts(std::move(changed));
}

}  // namespace bianmin::cabinet

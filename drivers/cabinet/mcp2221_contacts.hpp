// Contacts on the pins of a Microchip MCP2221A, a small USB board that every shop has.
#pragma once

#include <memory>
#include <optional>

#include "drivers/cabinet/contact_wiring.hpp"
#include "drivers/usb/bus.hpp"
#include "drivers/usb/device_loop.hpp"

namespace bianmin::cabinet {

// Its HID interface, when the site has wired contacts: the chip does other things elsewhere. Pure.
std::optional<int> mcp2221_interface(const ContactWiring& wiring, const usb::DeviceInfo& device);

// States: absent, starting, ready, needs_attention "contacts.door_open" | "contacts.tampered", faulted
// "usb.*" | "contacts.bad_answer" | "contacts.unreadable" (a pin is used for something else).
class Mcp2221Contacts : public CabinetContacts {
 public:
  // Two readings have to agree, so a change is told after one to two of these.
  static constexpr int poll_ms = 100;

  // `bus`, `loop` and `log` (may be null) must outlive it.
  Mcp2221Contacts(usb::Bus& bus, EventLoop& loop, Log* log, ContactWiring wiring,
                  usb::RecoveryLimits recovery = {});
  ~Mcp2221Contacts() override;

  DeviceState state() const override;
  void watch(std::function<void(DeviceState)> changed) override;
  ContactState contacts() const override;
  void watch_contacts(std::function<void(ContactState)> changed) override;

 private:
  class Device;
  std::unique_ptr<Device> device_;
};

}  // namespace bianmin::cabinet

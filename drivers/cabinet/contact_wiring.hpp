// Which pin is which contact, and what its readings mean. Pure.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "drivers/cabinet/cabinet_contacts.hpp"
#include "drivers/cabinet/mcp2221_report.hpp"

namespace bianmin::cabinet {

// A contact lies between its pin and ground, with a resistor that pulls the pin high: a closed contact is
// low. Normally closed: it is closed while all is well, so that a cut wire is an alarm, too.
struct ContactWiring {
  struct Contact {
    std::size_t pin = 0;
    bool normally_closed = true;
    bool operator==(const Contact&) const = default;
  };
  std::optional<Contact> door;
  std::optional<Contact> tamper;

  bool named() const { return door || tamper; }
};

// "door=0:nc tamper=1:no". Error "contacts.bad_wiring": no such contact, no such pin, neither nc nor no, one
// of them twice.
Result<ContactWiring> parse_contact_wiring(std::string_view text);

// Readings of the pins, each believed when the one after it says the same.
class ContactReadings {
 public:
  explicit ContactReadings(ContactWiring wiring) : wiring_(std::move(wiring)) {}

  // The state as it is believed now; empty before two readings agreed, and when a pin that is wired cannot be
  // read.
  std::optional<ContactState> take(const std::array<mcp2221::Pin, mcp2221::pin_count>& pins);

 private:
  const ContactWiring wiring_;
  std::optional<ContactState> last_;
  std::optional<ContactState> believed_;
};

}  // namespace bianmin::cabinet

// The contacts of the cabinet: is its door open, has somebody been at it.
#pragma once

#include <functional>

#include "drivers/device.hpp"

namespace bianmin::cabinet {

struct ContactState {
  bool door_open = false;
  bool tampered = false;
  bool operator==(const ContactState&) const = default;
};

// Thread-bound to the event loop. Implementations: Mcp2221Contacts.
// An open door and a tampered contact are states, too: needs_attention with "contacts.door_open" or, before
// that, "contacts.tampered".
class CabinetContacts : public Device {
 public:
  // What was read last; all well before the first reading. A board that has gone has not been tampered with.
  virtual ContactState contacts() const = 0;  // never blocks
  // `changed` runs on the loop at each change. One watcher; null: none any more.
  virtual void watch_contacts(std::function<void(ContactState)> changed) = 0;
};

}  // namespace bianmin::cabinet

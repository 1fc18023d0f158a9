// The keys that finish every service without sight and with one finger (accessibility checklist 9).
#pragma once

#include <functional>
#include <string_view>

#include "drivers/device.hpp"

namespace bianmin::pad {

enum class PadKey { previous, next, confirm, back, help };

std::string_view key_name(PadKey key);  // "previous", as the site's settings call it

// Thread-bound to the event loop. Implementations: HidKeyPad.
class KeyPad : public Device {
 public:
  // From now on `pressed` runs on the loop when a key goes down: once, however long it is held. Null: nobody
  // listens, and what is pressed is dropped. Listening again replaces the listener.
  virtual void listen(std::function<void(PadKey)> pressed) = 0;
};

}  // namespace bianmin::pad

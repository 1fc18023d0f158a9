// The cabinet around the screen: its keys act on the page.
#pragma once

#include "drivers/pad/key_pad.hpp"
#include "ui/kit/screen.hpp"

namespace bianmin::session {

// Null: this terminal has none.
struct CabinetParts {
  pad::KeyPad* keys = nullptr;
};

// Thread-bound to the loop. A key counts as a touch does: the screen tells the idle clock of it.
class Cabinet {
 public:
  Cabinet(const CabinetParts& parts, ui::Screen& screen);
  ~Cabinet();
  Cabinet(const Cabinet&) = delete;
  Cabinet& operator=(const Cabinet&) = delete;

 private:
  const CabinetParts parts_;
};

}  // namespace bianmin::session

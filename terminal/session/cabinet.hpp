// The cabinet around the screen: its keys act on the page, its lights show where a person is wanted.
#pragma once

#include <map>

#include "drivers/cabinet/guide_lights.hpp"
#include "drivers/pad/key_pad.hpp"
#include "ui/kit/screen.hpp"

namespace bianmin::session {

// Null: this terminal has none.
struct CabinetParts {
  pad::KeyPad* keys = nullptr;
  cabinet::GuideLights* lights = nullptr;
};

// The lights that are not dark. On: something is to be done there; blinking: something is to be taken.
using Guide = std::map<cabinet::LightPlace, cabinet::Light>;

// Thread-bound to the loop. A key counts as a touch does: the screen tells the idle clock of it.
class Cabinet {
 public:
  Cabinet(const CabinetParts& parts, ui::Screen& screen);
  ~Cabinet();  // all dark, nobody listens
  Cabinet(const Cabinet&) = delete;
  Cabinet& operator=(const Cabinet&) = delete;

  void guide(const Guide& guide);

 private:
  const CabinetParts parts_;
  Guide shown_;
};

}  // namespace bianmin::session

// The cabinet around the screen: its keys act on the page, its lights show where a person is wanted, its jack
// says who hears.
#pragma once

#include <functional>
#include <map>

#include "drivers/cabinet/cabinet_contacts.hpp"
#include "drivers/cabinet/guide_lights.hpp"
#include "drivers/pad/headset_jack.hpp"
#include "drivers/pad/key_pad.hpp"
#include "ui/kit/screen.hpp"

namespace bianmin::session {

// Null: this terminal has none.
struct CabinetParts {
  pad::KeyPad* keys = nullptr;
  cabinet::GuideLights* lights = nullptr;
  cabinet::CabinetContacts* contacts = nullptr;
  pad::HeadsetJack* headset = nullptr;
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
  // `changed` runs at once when a headset goes in or out, and now when one is in.
  void watch_headset(const std::function<void(bool in)>& changed);

 private:
  const CabinetParts parts_;
  Guide shown_;
};

}  // namespace bianmin::session

// What a person meets before a service is chosen: the welcome page, and why a service is closed.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "terminal/session/card_watch.hpp"
#include "terminal/session/devices.hpp"
#include "terminal/session/frame.hpp"
#include "terminal/session/parts.hpp"
#include "terminal/session/slip_watch.hpp"
#include "ui/pages/closed_page.hpp"
#include "ui/pages/welcome_page.hpp"

namespace bianmin::session {

// Thread-bound to the loop. A service that needs a device which does not work stays on the page, closed;
// touching it shows a notice, which goes back by itself after a while or when the service is open again.
class Welcome {
 public:
  // `chosen` gets the index of an open service of the catalogue. All must outlive it.
  Welcome(const Parts& parts, Frame& frame, Devices& devices, const CardWatch& cards, const SlipWatch& slips,
          std::function<void(std::size_t)> chosen);
  ~Welcome();
  Welcome(const Welcome&) = delete;
  Welcome& operator=(const Welcome&) = delete;

  void show();
  // The power is out (true): nothing can be begun, and the page says why; false: as usual again.
  void close(bool power_cut);
  void close_tampered(bool tampered);  // likewise, and before that
  // Full: services that save something are closed, with that code; the others stay open.
  void set_quota(const store::Quota& quota);
  void touched();                           // somebody is there: a notice stays longer
  void speak_of_slip(std::int64_t for_ms);  // the last slip may not be whole

 private:
  void leave();
  void show_power_cut();
  void show_tampered();
  void devices_changed();
  void choose(std::size_t index);
  void show_closed(std::size_t index);
  void arm_return();
  ui::WelcomeView view(const ui::Strings& strings) const;
  std::optional<std::string> notice(const ui::Strings& strings) const;
  ui::ClosedView closed_view(const services::Package& package, const MissingDevice& missing) const;
  std::optional<MissingDevice> closed_by(const services::Package& package) const;
  std::string resident_sentence(const MissingDevice& missing) const;

  Parts parts_;
  Frame& frame_;
  Devices& devices_;
  const CardWatch& cards_;
  const SlipWatch& slips_;
  std::function<void(std::size_t)> chosen_;
  std::optional<std::size_t> explained_;  // the closed service whose notice is shown
  bool interrupted_slip_ = false;
  bool power_cut_ = false;
  bool tampered_ = false;
  store::Quota quota_;
  EventLoop::TimerId slip_timer_ = 0;
  EventLoop::TimerId return_timer_ = 0;
};

}  // namespace bianmin::session

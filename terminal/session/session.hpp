// From the welcome page to the wipe: one person at the terminal.
#pragma once

#include <functional>
#include <memory>

#include "terminal/session/cabinet.hpp"
#include "terminal/session/card_watch.hpp"
#include "terminal/session/contact_watch.hpp"
#include "terminal/session/devices.hpp"
#include "terminal/session/flow.hpp"
#include "terminal/session/frame.hpp"
#include "terminal/session/idle_watch.hpp"
#include "terminal/session/parts.hpp"
#include "terminal/session/power_watch.hpp"
#include "terminal/session/slip_watch.hpp"
#include "terminal/session/welcome.hpp"

namespace bianmin::session {

// How a session ended, for whoever starts the next one.
struct SessionEnd {
  bool reader_empty = false;  // the card reader was seen empty
  bool power_off = false;     // the power is out, and the terminal has to shut down
  bool tampered = false;      // the terminal is closed: somebody has been at it
};

// Thread-bound to the loop. Runs the services of the catalogue on the screen. When a person has done or begun
// anything, the session ends by `over`, and the process with it (DECISIONS.md 1).
class Session {
 public:
  Session(const Parts& parts, ui::Screen& screen, const Languages& languages,
          std::function<void(SessionEnd)> over);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start();
  // Ends in order: the service under way is given up, what is being printed is settled in the ledger, and a
  // card that still lies on the reader, or stands in the slot, is waited for, then a slip that still waits at
  // the printer's mouth; when nobody takes that, it is taken in.
  void end();
  void end_now();  // the same without waiting for card and slip

 private:
  void choose(std::size_t index);
  void touched();
  enum class Awaited { nothing, card, slip, slip_taken_in };
  void card_changed();
  void slip_changed();
  void another_card(bool there);
  void show_another_card();
  void power_changed();
  void show_power_cut();
  void leave_for_power();
  void begin_end(bool wait_for_person);
  void devices_settled();
  void await_card();
  void await_slip();
  void take_in_slip();
  void watch_slot(std::function<void(card::CardPresence)> changed);
  bool card_left() const;  // on the reader or in the slot
  void leave();
  IdleTimes idle_times() const;
  void idle_warning(int seconds_left);
  void idle_over();
  void watch_link();
  void watch_quota();
  Guide guide() const;
  void tampered();
  void headset_changed(bool in);

  Parts parts_;
  ui::Screen& screen_;
  Frame frame_;
  Devices devices_;
  CardWatch cards_;
  SlipWatch slips_;
  Welcome welcome_;
  IdleWatch idle_;
  Cabinet cabinet_;
  ContactWatch contacts_;
  PowerWatch power_;
  std::function<void(SessionEnd)> over_;
  std::unique_ptr<Flow> flow_;
  bool ending_ = false;
  bool waits_for_person_ = false;       // at the end, to take card and slip
  Awaited awaited_ = Awaited::nothing;  // the page that asks to take it is on screen
  bool another_card_ = false;
  store::Room room_ = store::Room::enough;
  std::string_view quota_code_;  // what the log was last told
  EventLoop::TimerId link_timer_ = 0;
  EventLoop::TimerId end_timer_ = 0;
};

}  // namespace bianmin::session

// What the cabinet's contacts mean for the people at it: an open door is told, and a terminal that somebody
// has been at closes until it can be trusted again.
#pragma once

#include <cstdint>
#include <functional>

#include "drivers/cabinet/cabinet_contacts.hpp"
#include "terminal/base/event_loop.hpp"
#include "terminal/base/log.hpp"

namespace bianmin::session {

// Thread-bound to the loop. Closed: from the moment the tamper contact says so until it has been well for
// `hold_ms` without a break, and its board is there to say so. Whoever restarts the terminal opens it at
// once, when the contact is well: that takes staff, with the cabinet's key. A board that has gone closes
// nothing: it is told as a device.
class ContactWatch {
 public:
  struct Events {
    std::function<void()> closed;
    std::function<void()> opened;
  };

  // `contacts` may be null: nothing ever happens. All must outlive it.
  ContactWatch(EventLoop& loop, Log& log, cabinet::CabinetContacts* contacts, std::int64_t hold_ms);
  ~ContactWatch();
  ContactWatch(const ContactWatch&) = delete;
  ContactWatch& operator=(const ContactWatch&) = delete;

  // `closed_before`: the session before was closed; the time begins anew. Calls no event before it returns.
  void start(bool closed_before, Events events);
  bool closed() const { return closed_; }

 private:
  void changed(cabinet::ContactState now);
  void hold();
  void open();

  EventLoop& loop_;
  Log& log_;
  cabinet::CabinetContacts* const contacts_;
  const std::int64_t hold_ms_;
  Events events_;
  cabinet::ContactState last_;
  bool closed_ = false;
  EventLoop::TimerId timer_ = 0;
};

}  // namespace bianmin::session

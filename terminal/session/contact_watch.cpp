#include "terminal/session/contact_watch.hpp"

namespace bianmin::session {

ContactWatch::ContactWatch(EventLoop& loop, Log& log, cabinet::CabinetContacts* contacts,
                           std::int64_t hold_ms)
    : loop_(loop), log_(log), contacts_(contacts), hold_ms_(hold_ms) {}

ContactWatch::~ContactWatch() {
  loop_.cancel(timer_);
  if (contacts_ != nullptr) contacts_->watch_contacts(nullptr);
}

void ContactWatch::start(bool closed_before, Events events) {
  if (contacts_ == nullptr) return;
  contacts_->watch_contacts([this](cabinet::ContactState now) { changed(now); });
  last_ = contacts_->contacts();
  closed_ = closed_before || last_.tampered;
  if (closed_ && !last_.tampered) hold();
  events_ = std::move(events);
}

void ContactWatch::changed(cabinet::ContactState now) {
  const cabinet::ContactState before = last_;
  last_ = now;
  if (now.door_open != before.door_open)
    log_.write(LogLevel::warning, "cabinet", now.door_open ? "door-opened" : "door-closed",
               {{"code", "contacts.door_open"}});
  if (now.tampered == before.tampered) return;
  log_.write(LogLevel::error, "cabinet", now.tampered ? "tampered" : "tamper-ended",
             {{"code", "contacts.tampered"}, {"hold_ms", std::to_string(hold_ms_)}});
  loop_.cancel(timer_);
  if (!now.tampered) return hold();
  if (closed_) return;
  closed_ = true;
  if (events_.closed) events_.closed();
}

void ContactWatch::hold() {
  timer_ = loop_.after(hold_ms_, [this] { open(); });
}

void ContactWatch::open() {
  const DeviceState board = contacts_->state();
  const bool known = board.usable() || board.condition == DeviceCondition::needs_attention;
  if (!known) return hold();
  closed_ = false;
  log_.write(LogLevel::warning, "cabinet", "opened-again", {{"code", "contacts.tampered"}});
  if (events_.opened) events_.opened();
}

}  // namespace bianmin::session

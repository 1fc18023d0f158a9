#include "drivers/printer/slip_desk.hpp"

#include <chrono>
#include <utility>

namespace bianmin::printer {

bool SlipDesk::order(Document document) {
  const std::lock_guard lock(mutex_);
  if (phase_ != SlipPhase::none) return false;
  document_ = std::move(document);
  phase_ = SlipPhase::waiting;
  cancel_wanted_ = false;
  tell();
  return true;
}

SlipEnd SlipDesk::call_off() {
  const std::lock_guard lock(mutex_);
  switch (phase_) {
    case SlipPhase::none:
      return SlipEnd::none;
    case SlipPhase::waiting:
      phase_ = SlipPhase::none;
      tell();
      return SlipEnd::cancelled;
    case SlipPhase::uncut:
      phase_ = SlipPhase::none;
      remains_ = true;
      tell();
      return SlipEnd::doubtful;
    case SlipPhase::printing:
    case SlipPhase::cutting:
      cancel_wanted_ = true;
      return SlipEnd::none;
  }
  return SlipEnd::none;
}

void SlipDesk::expect_remains() {
  const std::lock_guard lock(mutex_);
  remains_ = true;
  tell();
}

void SlipDesk::want_retracted() {
  const std::lock_guard lock(mutex_);
  retract_wanted_ = true;
  tell();
}

SlipPhase SlipDesk::phase() const {
  const std::lock_guard lock(mutex_);
  return phase_;
}

Document SlipDesk::document() const {
  const std::lock_guard lock(mutex_);
  return document_;
}

bool SlipDesk::begin() {
  const std::lock_guard lock(mutex_);
  if (phase_ != SlipPhase::waiting) return false;
  phase_ = SlipPhase::printing;
  return true;
}

bool SlipDesk::body_sent(bool known) {
  const std::lock_guard lock(mutex_);
  if (cancel_wanted_) return false;
  body_known_ = known;
  phase_ = SlipPhase::uncut;
  return true;
}

bool SlipDesk::body_known() const {
  const std::lock_guard lock(mutex_);
  return body_known_;
}

bool SlipDesk::cut_begins() {
  const std::lock_guard lock(mutex_);
  if (phase_ != SlipPhase::uncut) return false;
  phase_ = SlipPhase::cutting;
  return true;
}

SlipEnd SlipDesk::interrupted() {
  const std::lock_guard lock(mutex_);
  const bool cancelled = std::exchange(cancel_wanted_, false);
  if (phase_ == SlipPhase::printing) {
    remains_ = true;
    phase_ = cancelled ? SlipPhase::none : SlipPhase::waiting;
    return cancelled ? SlipEnd::cancelled : SlipEnd::none;
  }
  if (phase_ != SlipPhase::cutting) return SlipEnd::none;
  if (body_known_ && !cancelled) {
    phase_ = SlipPhase::uncut;
    return SlipEnd::none;
  }
  phase_ = SlipPhase::none;
  remains_ = true;
  return SlipEnd::doubtful;
}

void SlipDesk::begin_anew() {
  const std::lock_guard lock(mutex_);
  if (phase_ != SlipPhase::uncut) return;
  phase_ = SlipPhase::waiting;
  remains_ = true;
}

void SlipDesk::doubt(bool remains) {
  const std::lock_guard lock(mutex_);
  phase_ = SlipPhase::none;
  remains_ = remains_ || remains;
}

void SlipDesk::printed() {
  const std::lock_guard lock(mutex_);
  phase_ = SlipPhase::none;
}

bool SlipDesk::remains() const {
  const std::lock_guard lock(mutex_);
  return remains_ && phase_ != SlipPhase::uncut;
}

void SlipDesk::remains_cut() {
  const std::lock_guard lock(mutex_);
  remains_ = false;
}

bool SlipDesk::retract_wanted() const {
  const std::lock_guard lock(mutex_);
  return retract_wanted_ && phase_ == SlipPhase::none;
}

void SlipDesk::retracted() {
  const std::lock_guard lock(mutex_);
  retract_wanted_ = false;
}

void SlipDesk::wait(int idle_ms, int busy_ms, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const unsigned before = changes_;
  const int wait_ms = phase_ == SlipPhase::none && !remains_ && !retract_wanted_ ? idle_ms : busy_ms;
  changed_.wait_for(lock, stop, std::chrono::milliseconds(wait_ms), [&] { return changes_ != before; });
}

bool SlipDesk::idle() const {
  const std::lock_guard lock(mutex_);
  return phase_ == SlipPhase::none && !remains_ && !retract_wanted_;
}

std::stop_token SlipDesk::news() {
  const std::lock_guard lock(mutex_);
  if (news_.stop_requested()) news_ = std::stop_source();
  return news_.get_token();
}

void SlipDesk::tell() {
  ++changes_;
  news_.request_stop();
  changed_.notify_all();
}

}  // namespace bianmin::printer

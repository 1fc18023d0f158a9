#include "terminal/session/slip_watch.hpp"

#include <utility>

namespace bianmin::session {

constexpr std::int64_t retract_limit_ms = 8'000;  // the printer has its own, which is shorter

SlipWatch::SlipWatch(printer::ReceiptPrinter& printer, store::PrintLedger& ledger, EventLoop& loop, Log& log,
                     std::int64_t wait_ms)
    : printer_(printer), ledger_(ledger), loop_(loop), log_(log), wait_ms_(wait_ms) {}

SlipWatch::~SlipWatch() {
  *alive_ = false;
  loop_.cancel(timer_);
  printer_.watch_slip(nullptr);
}

void SlipWatch::start(std::function<void()> changed) {
  changed_ = std::move(changed);
  printer_.watch_slip([this](printer::SlipPresence presence) { presence_changed(presence); });
  if (slip_there()) presence_changed(printer::SlipPresence::waiting);
}

void SlipWatch::presence_changed(printer::SlipPresence presence) {
  if (!served_ && !taking_in_) {
    loop_.cancel(timer_);
    if (presence == printer::SlipPresence::waiting)
      timer_ = loop_.after(wait_ms_, [this] { take_in(nullptr); });
  }
  if (changed_) changed_();
}

void SlipWatch::person_begins() {
  if (served_) return;
  if (!taking_in_) loop_.cancel(timer_);
  if (!taking_in_ && slip_there()) take_in(nullptr);
  served_ = true;
}

void SlipWatch::take_in(std::function<void()> then) {
  then_ = std::move(then);
  if (taking_in_) return;
  taking_in_ = true;
  loop_.cancel(timer_);
  timer_ = loop_.after(retract_limit_ms, [this] { settled(false); });
  printer_.retract([this, alive = alive_](bool empty) {
    if (*alive) settled(empty);
  });
}

void SlipWatch::settled(bool empty) {
  if (!std::exchange(taking_in_, false)) return;
  loop_.cancel(timer_);
  log_.write(LogLevel::info, "session", "slip-left-behind", {{"retracted", empty ? "yes" : "no"}});
  const auto noted = ledger_.note_untaken(empty ? store::Untaken::retracted : store::Untaken::kept);
  if (!noted) log_.error("session", "ledger-not-written", noted.error());
  if (const auto then = std::exchange(then_, nullptr)) then();
}

}  // namespace bianmin::session

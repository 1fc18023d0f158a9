#include "terminal/session/card_watch.hpp"

namespace bianmin::session {

namespace {

SecretBytes person_of(const card::IdCard& card) {
  const std::string_view kind = card::card_kind_name(card.kind);
  SecretBytes person(kind.begin(), kind.end());
  person.push_back(' ');
  person.insert(person.end(), card.number.begin(), card.number.end());
  return person;
}

}  // namespace

CardWatch::CardWatch(card::IdCardReader& reader, Log& log, bool reader_was_empty)
    : reader_(reader), log_(log), since_before_(!reader_was_empty) {}

CardWatch::~CardWatch() {
  *alive_ = false;
  reader_.watch_presence(nullptr);
  if (comparing_) reader_.cancel();
}

void CardWatch::start(Events events) {
  events_ = std::move(events);
  reader_.watch_presence([this](card::CardPresence presence) { presence_changed(presence); });
}

void CardWatch::set_person(const card::IdCard& card) {
  if (person_.empty()) person_ = person_of(card);
}

bool CardWatch::another_person(const card::IdCard& card) const {
  return !person_.empty() && person_of(card) != person_;
}

void CardWatch::guard(bool on) {
  guarding_ = on;
  if (on) return;
  stop_comparing();
  tell_another(false);
}

void CardWatch::presence_changed(card::CardPresence presence) {
  using card::CardPresence;
  if (presence == CardPresence::none) since_before_ = false;
  if (presence != CardPresence::present) {
    stop_comparing();
    tell_another(false);
  } else if (guarding_ && !person_.empty()) {
    compare();
  }
  if (events_.changed) events_.changed();
}

void CardWatch::compare() {
  if (comparing_) return;
  comparing_ = true;
  reader_.read([this, alive = alive_](Result<card::IdCard> card) {
    if (*alive) compared(card);
  });
}

// A card that cannot be read is nobody's here: when it is lifted and put down again it is looked at anew.
void CardWatch::compared(const Result<card::IdCard>& card) {
  comparing_ = false;
  if (guarding_ && card && another_person(*card)) tell_another(true);
}

void CardWatch::stop_comparing() {
  if (!comparing_) return;
  comparing_ = false;
  reader_.cancel();
}

void CardWatch::tell_another(bool there) {
  if (another_there_ == there) return;
  another_there_ = there;
  if (there) log_.write(LogLevel::info, "session", "another-person", {{"code", "card.another_person"}});
  if (events_.another) events_.another(there);
}

}  // namespace bianmin::session

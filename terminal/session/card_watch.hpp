// Whose card lies on the reader: a forgotten one, the one of the person who is here, or somebody else's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "drivers/card/id_card_reader.hpp"
#include "terminal/base/log.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::session {

// Thread-bound to the loop. Shares the reader with the flow: while guard() is on, cards are read to be
// compared, and the flow must not read. What it keeps of a person is the number, in memory that is wiped.
class CardWatch {
 public:
  struct Events {
    std::function<void()> changed;      // a card came or went, or may be read now
    std::function<void(bool)> another;  // true: another person's card lies there; false: it was taken
  };

  // `reader_was_empty`: the session before saw the reader empty when it ended. Without that a card found at
  // the first look has lain there since before this session: nobody knows whose it is, so it is not read
  // before it was lifted.
  CardWatch(card::IdCardReader& reader, Log& log, bool reader_was_empty);
  ~CardWatch();
  CardWatch(const CardWatch&) = delete;
  CardWatch& operator=(const CardWatch&) = delete;

  void start(Events events);  // begins to watch the reader
  bool card_there() const { return reader_.presence() == card::CardPresence::present; }
  bool may_read() const { return !since_before_; }
  bool forgotten() const { return since_before_ && card_there(); }

  // The person of this session. Only the first call counts: the next person gets a session of his own.
  void set_person(const card::IdCard& card);
  bool another_person(const card::IdCard& card) const;

  // On: a card that is put on now is compared with the person's.
  void guard(bool on);

 private:
  void presence_changed(card::CardPresence presence);
  void compare();
  void compared(const Result<card::IdCard>& card);
  void stop_comparing();
  void tell_another(bool there);

  card::IdCardReader& reader_;
  Log& log_;
  Events events_;
  SecretBytes person_;  // kind and number; empty: nobody yet
  bool since_before_;
  bool guarding_ = false;
  bool comparing_ = false;
  bool another_there_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace bianmin::session

// The card's half of T=1, ISO 7816-3 clause 11: blocks in, blocks out. Written apart from the driver's.
#pragma once

#include <optional>

#include "drivers/emulator/card_model.hpp"

namespace bianmin::emulator {

class T1Card {
 public:
  T1Card(std::size_t ifsc, bool crc) : ifsc_(ifsc), crc_(crc) {}

  void power_on();
  // Empty: the card says nothing.
  std::optional<Bytes> answer(CardModel& card, ByteView block);

  // Faults, each for the next `count` blocks that it sends.
  void spoil_check(int count) { spoiled_ = count; }
  void stay_silent(int count) { silent_ = count; }
  void ask_repeats(int count) { repeats_ = count; }  // of what it receives, as if it were damaged
  // Asks so often for `multiplier` block waiting times before it answers a command.
  void ask_time(int count, std::uint8_t multiplier);
  void change_ifsc(std::uint8_t ifsc) { new_ifsc_ = ifsc; }  // by its own request, before the next answer
  void give_up_next() { gives_up_ = true; }                  // S(ABORT) instead of its next answer

  std::size_t longest_block() const { return longest_block_; }  // information that came in one
  int resynch_count() const { return resynch_count_; }
  std::size_t ifsd() const { return ifsd_; }

 private:
  Bytes frame(std::uint8_t pcb, ByteView information);
  Bytes next_part();
  Bytes respond(CardModel& card, ByteView block);
  Bytes supervise(CardModel& card, std::uint8_t pcb, ByteView information);
  Bytes begin_answer(CardModel& card);
  bool right_check(ByteView block) const;

  std::size_t ifsc_;
  bool crc_;
  std::size_t ifsd_ = 32;
  std::uint8_t sent_number_ = 0;      // of its next I-block
  std::uint8_t expected_number_ = 0;  // of the host's next I-block
  Bytes command_;
  Bytes answer_;
  std::size_t answered_ = 0;
  std::size_t part_ = 0;  // of the answer, in the I-block that was sent last
  Bytes last_sent_;
  bool awaits_response_ = false;  // to an S-block of its own
  int spoiled_ = 0;
  int silent_ = 0;
  int repeats_ = 0;
  int times_ = 0;
  std::uint8_t multiplier_ = 1;
  std::optional<std::uint8_t> new_ifsc_;
  bool gives_up_ = false;
  std::size_t longest_block_ = 0;
  int resynch_count_ = 0;
};

}  // namespace bianmin::emulator

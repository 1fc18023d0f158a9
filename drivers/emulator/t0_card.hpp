// The card's half of T=0 under a reader at TPDU level: five bytes and data in, data and status out (ISO
// 7816-3, 12.2).
#pragma once

#include "drivers/emulator/card_model.hpp"

namespace bianmin::emulator {

class T0Card {
 public:
  void power_on() { waiting_.clear(); }
  // A longer answer than was asked for waits for GET RESPONSE; a shorter one is told by 6Cxx.
  Bytes answer(CardModel& card, ByteView tpdu);

 private:
  Bytes give(std::size_t count);
  Bytes waiting_;  // data of the last answer that was not fetched
  std::uint16_t status_ = 0x9000;
};

}  // namespace bianmin::emulator

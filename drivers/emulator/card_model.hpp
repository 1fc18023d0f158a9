// A smart card as software: what it answers to commands. Knows nothing of readers and transport protocols.
#pragma once

#include "terminal/base/bytes.hpp"

namespace bianmin::emulator {

// Thread-bound to whoever holds the testbed's lock.
class CardModel {
 public:
  virtual ~CardModel() = default;
  virtual Bytes atr() const = 0;
  virtual void power_on() = 0;  // cold or warm: selections and PINs are forgotten
  // A whole command, short or extended, in ISO 7816-4's four cases; the answer's data and then SW1 SW2. As a
  // card over T=1: GET RESPONSE, 61xx and the splitting of T=0 are the reader model's.
  virtual Bytes answer(ByteView command) = 0;
};

}  // namespace bianmin::emulator

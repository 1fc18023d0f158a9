// One powered smart card, whichever reader holds it: what the applications on cards are written against.
#pragma once

#include <cstdint>
#include <optional>

#include "drivers/card/apdu.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::card {

// How a PIN is laid into a VERIFY command, for readers with keys of their own (CCID PIN verification).
struct PinLayout {
  std::size_t digit_count_min = 4;
  std::size_t digit_count_max = 12;
  std::size_t block_byte_count = 12;  // ASCII digits, then padding
  std::uint8_t padding = 0xFF;
};

// Blocking, and bound to the thread of the reader's device: it is only ever seen by a job given to
// SmartCardReader::use(), and not kept after it. Every call ends within the reader's limit for one exchange
// (time extensions that the card asks for included) or with the job's stop token.
//
// Errors of all calls: "card.removed", "card.mute" (no answer, or none that is one), "card.cancelled",
// "usb.*" and "reader.*" (the device failed: the driver recovers by itself).
class SmartCard {
 public:
  virtual ~SmartCard() = default;
  virtual ByteView atr() const = 0;  // borrows until reset()
  virtual int slot() const = 0;      // counted from 0

  // One command and its one answer as the card gives it: 61xx and 6Cxx are left to iso7816::exchange(). T=0
  // or T=1, short or extended, whatever card and reader can do: error "card.too_long" when they cannot.
  virtual Result<ResponseApdu> transmit(const CommandApdu& command) = 0;
  virtual Result<void> reset() = 0;  // warm; selects and PINs are gone afterwards

  // The reader has keys and can enter a PIN by itself, so that it never passes through this terminal.
  virtual bool has_pin_pad() const = 0;
  // `command.data` is ignored. Waits for the person at most `timeout_ms`. Errors besides: "pin.timeout",
  // "pin.cancelled", "pin.bad_length", "reader.no_pin_pad".
  virtual Result<ResponseApdu> transmit_with_pin_pad(const CommandApdu& command, const PinLayout& layout,
                                                     int timeout_ms) = 0;
};

}  // namespace bianmin::card

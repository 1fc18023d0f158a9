// What the third status byte of a security module means.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "drivers/card/sdt/sdt_frame.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::card {

enum class SdtMeaning {
  good,           // done
  no_card,        // nothing on the reader, or it was taken away
  card_failed,    // this card did not work: another try, or another card
  card_refused,   // this kind of card is never read
  nothing_there,  // the item is not on the card
  link_failed,    // the frame was damaged on the way: the same command may work
  reader_failed,  // the reader itself is out of order
};

struct SdtStatus {
  SdtMeaning meaning = SdtMeaning::card_failed;
  std::string_view code;  // stable and public; another one for each byte that is known
};

// Unknown bytes count as a card that failed ("card.unknown_status"): trying again is right for them, and a
// reader that answers anything is not broken.
SdtStatus sdt_status(std::uint8_t third_status_byte);

// The error that a reply with such a status comes to: "card.*" is about the card, "reader.*" about the
// device. Its detail has the command, the byte, and the card's own SW1 SW2 where the reader hands them on.
Error sdt_error(SdtCommand command, const SdtReply& reply);

// Whether the same commands may give another result: the card did not work this time.
bool worth_another_try(std::string_view code);

}  // namespace bianmin::card

// What the third status byte of a security module means.
#pragma once

#include <cstdint>
#include <string_view>

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
  std::string_view code;  // stable and public
};

// Unknown bytes count as a card that failed ("card.unreadable"): trying again is right for them, and a reader
// that answers anything is not broken.
SdtStatus sdt_status(std::uint8_t third_status_byte);

}  // namespace bianmin::card

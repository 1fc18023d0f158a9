// One command and its whole answer, whatever pieces a card gives it in. ISO/IEC 7816-3 and -4.
#pragma once

#include "drivers/card/smart_card.hpp"

namespace bianmin::card::iso7816 {

// A card that answers 61xx for ever ends after this many pieces: they hold the longest answer there is.
constexpr int answer_piece_count_max = 257;

// Transmits, asks again with the length that 6Cxx names, fetches what 61xx says is still there, and sends a
// command that is too long for reader or card in a chain of short ones. The status is the last one; good or
// not is for the caller to see. Blocking, as SmartCard. Errors: those of SmartCard::transmit(), and
// "card.unreadable" for an answer that does not end.
Result<ResponseApdu> exchange(SmartCard& card, const CommandApdu& command);

// As exchange(), and every status but 9000 is an error of status_error().
Result<SecretBytes> exchange_good(SmartCard& card, const CommandApdu& command);

}  // namespace bianmin::card::iso7816

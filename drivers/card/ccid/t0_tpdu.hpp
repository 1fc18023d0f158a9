// A command as T=0 carries it, ISO/IEC 7816-3 clause 12.2. Pure.
#pragma once

#include "drivers/card/apdu.hpp"

namespace bianmin::card {

// Always five bytes, then data; the expected length of case 4 stays behind, the card will say 61xx. Error
// "card.too_long": T=0 has no room for more than 255 bytes of data.
Result<SecretBytes> encode_t0_tpdu(const CommandApdu& command);

}  // namespace bianmin::card

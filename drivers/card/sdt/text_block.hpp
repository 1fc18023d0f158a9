// The 256 bytes of text on an identity card, as the security module gives them out. Pure.
// Source: GA 450 and GA/T 467 readers' documentation; five public implementations agree on the offsets.
#pragma once

#include "drivers/card/id_card.hpp"
#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::card {

constexpr std::size_t text_block_byte_count = 256;

CardKind card_kind(ByteView text_block);

// Errors, all to ask the resident about: "card.not_accepted" (another kind of card), "card.bad_number" (its
// number's check digit or its agreement with birth and sex), "card.unreadable" (no such text can be on a
// card). Expiry is not looked at: see expired().
Result<IdCard> parse_text_block(ByteView text_block);

}  // namespace bianmin::card

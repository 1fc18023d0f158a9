// The 256 bytes of text on an identity card, as the security module gives them out. Pure.
// Sources: GA 450 and GA/T 467 readers' documentation; five public implementations agree on the offsets of
// the resident card, four on the foreigner's card of 2017, three each on the other two.
#pragma once

#include <string>

#include "drivers/card/id_card.hpp"
#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::card {

constexpr std::size_t text_block_byte_count = 256;
constexpr std::size_t further_address_byte_count = 70;

CardKind card_kind(ByteView text_block);

// Errors, all to ask the resident about: "card.not_accepted" (an unknown kind of card), "card.bad_number"
// (its number's check character, or its agreement with what else is on the card), "card.unreadable" (no such
// text can be on a card). Expiry is not looked at: see expired().
Result<IdCard> parse_text_block(ByteView text_block);

// The answer to 30 03, UTF-16LE padded with spaces. Error "card.unreadable".
Result<std::string> parse_further_address(ByteView data);

}  // namespace bianmin::card

// The records of a social security card: a table of what is where, and their bytes. Pure; hostile bytes.
#pragma once

#include <cstdint>
#include <span>

#include "drivers/card/social/social_card.hpp"

namespace bianmin::card {

enum class SocialFormat { hex, digits, text, chinese, date };

struct SocialRow {
  SocialField field;
  std::uint16_t file;     // EF05 or EF06
  std::uint8_t id;        // first byte of the record
  std::uint8_t number;    // its place in the file, for cards that know records by number alone
  std::uint8_t byte_max;  // of the value, which may be shorter
  SocialFormat format;
};

// Ordered by file, and there by number.
std::span<const SocialRow> social_rows();

// A record as it was read: id, length, value. The item that it makes, or one that is "card.unreadable",
// "card.no_content" (nothing but padding) or "card.bad_number".
SocialItem parse_social_record(const SocialRow& row, ByteView record);

// What one item says about another: the region, and whether number, birth and sex belong together.
void check_social_card(SocialCard& card);

}  // namespace bianmin::card

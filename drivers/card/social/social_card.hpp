// The social security card (社会保障卡) as far as it can be read without the issuer's keys.
//
// Source: LD/T 32-2015 and the ministry's file structure V2.0 (人社信息函 2012-37), as eight public readers
// use them. EF05 describes the card and is open on every card seen. EF06 describes the person; on many cards
// it is open too, on others it wants the holder's PIN or the keys of a PSAM. Neither is asked for here: what
// could not be read says why, item by item.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "drivers/card/smart_card.hpp"

namespace bianmin::card {

enum class SocialField {
  identification,  // hexadecimal digits; the first six are the region that issued the card
  card_class,
  version,  // of the specification, "3.00"
  issuer,   // hexadecimal digits
  issued,   // dates are YYYYMMDD
  valid_to,
  card_number,
  id_number,  // GB 11643; its check character, and where readable its agreement with birth and sex, verified
  name,
  sex,          // GB/T 2261.1
  ethnicity,    // GB/T 3304, two digits
  birth_place,  // six digits
  birth,
};
constexpr std::size_t social_field_count = 13;

// "card_number": as reports and --json name it.
std::string_view social_field_name(SocialField field);

struct SocialItem {
  std::string value;                          // UTF-8; personal data: never logged
  std::string_view code = "card.no_content";  // why it is not here; empty: it was read
  bool read() const { return code.empty(); }
};

struct SocialCard {
  std::string_view environment;  // where EF05 was found: "SSSE", "root", "PBOC"
  std::string region;            // six digits; empty when not readable
  std::array<SocialItem, social_field_count> items;

  SocialItem& at(SocialField field) { return items[static_cast<std::size_t>(field)]; }
  const SocialItem& at(SocialField field) const { return items[static_cast<std::size_t>(field)]; }
  // Name and number are both here: only then may the card stand for a person.
  bool has_person() const { return at(SocialField::id_number).read() && at(SocialField::name).read(); }
};

// Blocking, as SmartCard, whose errors end the reading as a whole. Besides: "card.not_accepted", when it is
// no social security card. Codes of items: "card.no_content", "card.needs_pin", "card.needs_psam",
// "card.bad_number", "card.refused", "card.unreadable".
Result<SocialCard> read_social_card(SmartCard& card);

}  // namespace bianmin::card

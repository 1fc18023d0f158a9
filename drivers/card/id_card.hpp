// What an identity card says. Personal data: never logged.
#pragma once

#include <optional>
#include <string>

#include "terminal/base/clock.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::card {

// The mark at byte 248 of the text block.
enum class CardKind { resident, foreigner_2017, hong_kong_macao_taiwan, foreigner_2023, unknown };

// "resident", "foreigner-2017", "hong-kong-macao-taiwan", "foreigner-2023", "unknown": as service packages
// name them.
std::string_view card_kind_name(CardKind kind);

constexpr std::size_t card_photo_byte_count = 1'024;
constexpr std::size_t fingerprint_byte_count = 512;  // of one finger
constexpr std::size_t fingerprints_byte_max = 2 * fingerprint_byte_count;

// Fields that a kind of card does not have are empty.
struct IdCard {
  CardKind kind = CardKind::resident;
  std::string name;          // Chinese; of a foreigner's card it may be empty, then english_name is not
  std::string english_name;  // foreigners
  char sex = '0';            // GB/T 2261.1: '0' unknown, '1' male, '2' female, '9' not stated
  std::string ethnicity;     // GB/T 3304, two digits; "01" is Han; residents
  std::string nationality;   // GB/T 2659, three letters; foreigners
  Date birth;
  std::string address;
  std::string number;         // GB 11643, or a foreigner's number; check character verified
  std::string former_number;  // the 15 characters of the card before; foreigners of 2023
  std::string issuer;
  std::string permit_number;  // travel permit; Hong Kong, Macao, Taiwan
  std::string issue_count;    // two digits, where the card has it
  Date valid_from;
  std::optional<Date> valid_to;  // empty: long-term
  SecretBytes photo;             // 1,024 bytes as read (WLT); see photo_decoder.hpp
  SecretBytes fingerprints;      // 0, 512 or 1,024 bytes; only when asked for
  std::string further_address;   // the latest additional address; only when asked for, may be empty
};

// Whether the card may not be used any more on `today`: its last day is still good.
bool expired(const IdCard& card, const Date& today);

// The name a person goes by: the Chinese one, or without one the English one.
const std::string& display_name(const IdCard& card);

}  // namespace bianmin::card

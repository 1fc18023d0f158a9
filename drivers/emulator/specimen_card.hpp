// Identity cards of invented people, with the specimen numbers of public documents.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "terminal/base/bytes.hpp"

namespace bianmin::emulator {

// The mark that the card carries.
constexpr char mark_resident = ' ';
constexpr char mark_foreigner_2017 = 'I';
constexpr char mark_hong_kong_macao_taiwan = 'J';
constexpr char mark_foreigner_2023 = 'Y';

struct SpecimenCard {
  std::string name;
  std::string english_name = {};
  std::string sex = "1";
  std::string ethnicity = "01";
  std::string nationality = {};
  std::string birth = "19491231";
  std::string address = {};
  std::string number = "11010519491231002X";
  std::string issuer = {};
  std::string valid_from = "20180301";
  std::string valid_to = "长期";
  std::string permit_number = {};
  std::string issue_count = {};
  std::string former_link = {};
  char mark = mark_resident;
  std::size_t fingerprints_byte_count = 0;
  std::optional<std::string> further_address = {};

  Bytes text_block() const;  // 256 bytes, laid out as its mark says
  Bytes further_address_block() const;
};

// "grandma" (the usual one, moved since, one fingerprint), "farmer" (expires, two), "expired", "bad-number",
// "foreigner-2017", "foreigner-2023", "foreigner-2023-first" (no card before), "hong-kong", "unknown-kind".
// Empty: no such name.
std::optional<SpecimenCard> specimen_card(std::string_view name);

}  // namespace bianmin::emulator

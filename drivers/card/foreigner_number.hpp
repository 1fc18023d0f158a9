// The numbers of foreigners' permanent residence cards. Pure.
#pragma once

#include <string>
#include <string_view>

#include "terminal/base/result.hpp"

namespace bianmin::card {

// Of 2017, 15 characters: nationality 3 letters, province 2, city 2, birth YYMMDD, sequence 1, check 1.
struct ForeignerNumber {
  std::string text;
  std::string nationality;
  std::string birth;  // YYMMDD: the century is not in it
};

// The errors of parse_id_number().
Result<ForeignerNumber> parse_foreigner_number(std::string_view text);

// The 15th character for 14: weights 7, 3, 1 over 0-9 and A=10 to Z=35, as in ICAO 9303. '\0' for others.
char foreigner_check_character(std::string_view first_14);

// Of 2023 the number has 18 characters that parse_id_number() checks, the first a 9. `link` is what the chip
// says of the number before it, three characters: the 15 characters of that one. Error "id.bad_character".
Result<std::string> former_foreigner_number(std::string_view number, std::string_view nationality,
                                            std::string_view link);

}  // namespace bianmin::card

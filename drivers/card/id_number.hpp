// The citizen identity number, GB 11643: region 6, birth 8, sequence 3, check 1. Pure.
#pragma once

#include <string>
#include <string_view>

#include "terminal/base/clock.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::card {

struct IdNumber {
  std::string text;    // 18 characters, the last one a digit or 'X'
  std::string region;  // GB/T 2260 as it was when the number was given: may be abolished by now
  Date birth;
  char sex = '0';  // GB/T 2261.1: '1' male (digit 17 odd), '2' female
};

// A small 'x' at the end is read as 'X'. Errors, all to ask the resident about, in this order of checking:
// "id.bad_length", "id.bad_character", "id.bad_birth" (no such day), "id.bad_check_digit".
Result<IdNumber> parse_id_number(std::string_view text);

// Numbers given before 1999-10 have 15 digits; the 18-character form of one. Errors as above.
Result<IdNumber> id_number_from_15(std::string_view text);

// The 18th character for 17 digits; '\0' when they are not 17 digits.
char id_check_character(std::string_view digits);

}  // namespace bianmin::card

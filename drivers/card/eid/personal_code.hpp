// The Estonian personal code (isikukood): century and sex 1, birth 6, sequence 3, check 1. Pure.
// Source: EVS 585, as implemented alike in three public libraries.
#pragma once

#include <string>
#include <string_view>

#include "terminal/base/clock.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::card {

struct PersonalCode {
  std::string text;  // 11 digits
  Date birth;
  char sex = '0';  // 'M', 'F'
};

// Errors, to ask the resident about: "id.bad_length", "id.bad_character", "id.bad_birth",
// "id.bad_check_digit".
Result<PersonalCode> parse_personal_code(std::string_view text);

}  // namespace bianmin::card

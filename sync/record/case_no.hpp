// The case number on the slip: 14 digits, e.g. 0000 0420 0001 78.
//
//   EEEEEEE NNNNNN C    enrolment number (7 digits), case counter of that enrolment (6 digits), check digit
//
// The hub gives out each enrolment number once, ever: a terminal that is set up anew gets a new one, so two
// terminals, or two lives of one terminal, never produce the same case number. Ten million enrolments serve
// 600,000 terminals for decades; one enrolment counts a million cases. The check digit is Damm's (H. M. Damm,
// 2004): every single wrong digit and every swap of neighbours is noticed when a number is read aloud or
// typed. GB/T 39046 allows any text up to 20 characters in the application table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "terminal/base/result.hpp"

namespace bianmin::record {

constexpr std::uint32_t enrolment_no_max = 9'999'999;
constexpr std::uint32_t case_counter_max = 999'999;
constexpr std::size_t case_no_digits = 14;

// Canonical form, digits only. Error "case_no.exhausted" when a part is over its limit.
Result<std::string> make_case_no(std::uint32_t enrolment_no, std::uint32_t counter);

// Canonical form from what a person types: spaces and hyphens are ignored.
// Errors "case_no.bad_character", "case_no.bad_length", "case_no.bad_check".
Result<std::string> parse_case_no(std::string_view text);

std::string format_case_no(std::string_view canonical);  // in groups, for people: 4 4 4 2

char damm_check_digit(std::string_view digits);

}  // namespace bianmin::record

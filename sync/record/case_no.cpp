#include "sync/record/case_no.hpp"

#include <fmt/format.h>

namespace bianmin::record {

char damm_check_digit(std::string_view digits) {
  static constexpr char table[10][11] = {"0317598642", "7092154863", "4206871359", "1750983426",
                                         "6123045978", "3674209581", "5869720134", "8945362017",
                                         "9438617205", "2581436790"};
  char interim = '0';
  for (const char digit : digits) interim = table[interim - '0'][digit - '0'];
  return interim;
}

Result<std::string> make_case_no(std::uint32_t enrolment_no, std::uint32_t counter) {
  if (enrolment_no > enrolment_no_max || counter > case_counter_max) {
    return Error{Remedy::call_staff, "case_no.exhausted", "this enrolment has used up its case numbers"};
  }
  std::string digits = fmt::format("{:07}{:06}", enrolment_no, counter);
  digits += damm_check_digit(digits);
  return digits;
}

Result<std::string> parse_case_no(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    if (c < '0' || c > '9')
      return Error{Remedy::ask_resident, "case_no.bad_character", "only digits are allowed"};
    if (digits.size() == case_no_digits) return Error{Remedy::ask_resident, "case_no.bad_length", "too long"};
    digits += c;
  }
  if (digits.size() != case_no_digits) {
    return Error{Remedy::ask_resident, "case_no.bad_length", fmt::format("{} digits", digits.size())};
  }
  if (damm_check_digit(digits) != '0') {
    return Error{Remedy::ask_resident, "case_no.bad_check", "the check digit does not fit"};
  }
  return digits;
}

std::string format_case_no(std::string_view canonical) {
  std::string out;
  for (std::size_t at = 0; at < canonical.size(); ++at) {
    if (at > 0 && at % 4 == 0) out += ' ';
    out += canonical[at];
  }
  return out;
}

}  // namespace bianmin::record

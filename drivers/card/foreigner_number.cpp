#include "drivers/card/foreigner_number.hpp"

#include <algorithm>
#include <array>

#include "terminal/base/clock.hpp"

namespace bianmin::card {

namespace {

constexpr std::size_t length = 15;
constexpr std::size_t nationality_length = 3;
constexpr std::size_t link_length = 3;
constexpr std::size_t number_length_2023 = 18;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

Error bad(std::string_view code) { return {Remedy::ask_resident, code, "not a foreigner's number"}; }

bool possible_day(std::string_view yymmdd) {
  if (!std::all_of(yymmdd.begin(), yymmdd.end(), is_digit)) return false;
  const auto two = [yymmdd](std::size_t at) { return (yymmdd[at] - '0') * 10 + (yymmdd[at + 1] - '0'); };
  // A leap year in one century at least: 2000 was one, 1900 was none.
  return Date{2000 + two(0), two(2), two(4)}.valid();
}

}  // namespace

char foreigner_check_character(std::string_view first_14) {
  if (first_14.size() != length - 1) return '\0';
  constexpr std::array<int, 3> weights = {7, 3, 1};
  int sum = 0;
  for (std::size_t i = 0; i < first_14.size(); ++i) {
    const char c = first_14[i];
    if (!is_digit(c) && !is_letter(c)) return '\0';
    sum += weights[i % weights.size()] * (is_digit(c) ? c - '0' : c - 'A' + 10);
  }
  return static_cast<char>('0' + sum % 10);
}

Result<ForeignerNumber> parse_foreigner_number(std::string_view text) {
  if (text.size() != length) return bad("id.bad_length");
  ForeignerNumber number;
  number.text = text;
  number.nationality = text.substr(0, nationality_length);
  number.birth = text.substr(7, 6);
  const std::string_view area = text.substr(nationality_length, 4);
  const bool characters = std::all_of(number.nationality.begin(), number.nationality.end(), is_letter) &&
                          std::all_of(area.begin(), area.end(), is_digit) && is_digit(text.back());
  const char check = foreigner_check_character(text.substr(0, length - 1));
  if (!characters || check == '\0') return bad("id.bad_character");
  if (!possible_day(number.birth)) return bad("id.bad_birth");
  if (check != text.back()) return bad("id.bad_check_digit");
  return number;
}

Result<std::string> former_foreigner_number(std::string_view number, std::string_view nationality,
                                            std::string_view link) {
  if (number.size() != number_length_2023 || nationality.size() != nationality_length ||
      link.size() != link_length) {
    return bad("id.bad_length");
  }
  std::string former(nationality);
  former.append(number.substr(1, 2))
      .append(link.substr(0, 2))
      .append(number.substr(8, 6))
      .append(link.substr(2));
  former += foreigner_check_character(former);
  const auto checked = parse_foreigner_number(former);
  if (!checked) return checked.error();
  return former;
}

}  // namespace bianmin::card

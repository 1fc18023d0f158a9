#include "drivers/card/id_number.hpp"

#include <algorithm>
#include <array>

namespace bianmin::card {

namespace {

constexpr std::size_t length = 18;
constexpr std::size_t old_length = 15;
constexpr std::array<int, 17> weights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
constexpr std::string_view check_characters = "10X98765432";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

int number_at(std::string_view text, std::size_t at, std::size_t count) {
  int number = 0;
  for (const char c : text.substr(at, count)) number = number * 10 + (c - '0');
  return number;
}

Error bad(std::string_view code) { return {Remedy::ask_resident, code, "not an identity number"}; }

}  // namespace

char id_check_character(std::string_view digits) {
  if (digits.size() != weights.size() || !all_digits(digits)) return '\0';
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * (digits[i] - '0');
  return check_characters[static_cast<std::size_t>(sum % 11)];
}

Result<IdNumber> parse_id_number(std::string_view text) {
  if (text.size() != length) return bad("id.bad_length");
  IdNumber number;
  number.text = text;
  if (number.text.back() == 'x') number.text.back() = 'X';
  const std::string_view digits = std::string_view(number.text).substr(0, length - 1);
  const char check = number.text.back();
  if (!all_digits(digits) || (!is_digit(check) && check != 'X')) return bad("id.bad_character");
  number.birth = {number_at(digits, 6, 4), number_at(digits, 10, 2), number_at(digits, 12, 2)};
  constexpr int year_min = 1800;  // nobody alive was born before
  if (!number.birth.valid() || number.birth.year < year_min) return bad("id.bad_birth");
  if (id_check_character(digits) != check) return bad("id.bad_check_digit");
  number.region = digits.substr(0, 6);
  number.sex = (digits[16] - '0') % 2 == 1 ? '1' : '2';
  return number;
}

Result<IdNumber> id_number_from_15(std::string_view text) {
  if (text.size() != old_length) return bad("id.bad_length");
  if (!all_digits(text)) return bad("id.bad_character");
  std::string digits = std::string(text.substr(0, 6)) + "19" + std::string(text.substr(6));
  digits += id_check_character(digits);
  return parse_id_number(digits);
}

}  // namespace bianmin::card

#include "drivers/card/eid/personal_code.hpp"

#include <algorithm>
#include <array>

namespace bianmin::card {

namespace {

constexpr std::size_t length = 11;
constexpr int first_century = 1800;
constexpr std::array<int, 10> first_weights = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1};
constexpr std::array<int, 10> second_weights = {3, 4, 5, 6, 7, 8, 9, 1, 2, 3};
constexpr int modulus = 11;

int digit_at(std::string_view text, std::size_t at) { return text[at] - '0'; }

int remainder(std::string_view text, const std::array<int, 10>& weights) {
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * digit_at(text, i);
  return sum % modulus;
}

int check_digit(std::string_view text) {
  const int first = remainder(text, first_weights);
  if (first < 10) return first;
  const int second = remainder(text, second_weights);
  return second < 10 ? second : 0;
}

Error bad(std::string_view code) { return {Remedy::ask_resident, code, "not a personal code"}; }

}  // namespace

Result<PersonalCode> parse_personal_code(std::string_view text) {
  if (text.size() != length) return bad("id.bad_length");
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return bad("id.bad_character");
  }
  const int century = digit_at(text, 0);
  if (century < 1 || century > 8) return bad("id.bad_birth");
  const auto pair = [&](std::size_t at) { return digit_at(text, at) * 10 + digit_at(text, at + 1); };
  PersonalCode code;
  code.birth = {first_century + (century - 1) / 2 * 100 + pair(1), pair(3), pair(5)};
  if (!code.birth.valid()) return bad("id.bad_birth");
  if (check_digit(text) != digit_at(text, length - 1)) return bad("id.bad_check_digit");
  code.text = text;
  code.sex = century % 2 == 1 ? 'M' : 'F';
  return code;
}

}  // namespace bianmin::card

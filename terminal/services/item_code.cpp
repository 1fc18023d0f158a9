#include "terminal/services/item_code.hpp"

#include <algorithm>
#include <cstddef>

namespace bianmin::services {

bool valid_credit_code(std::string_view code) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";  // 31 characters, no I O S V Z
  constexpr std::size_t length = 18;
  if (code.size() != length) return false;
  std::size_t sum = 0;
  std::size_t weight = 1;
  for (std::size_t i = 0; i < length; ++i) {
    const std::size_t value = alphabet.find(code[i]);
    if (value == std::string_view::npos) return false;
    sum += value * (i + 1 == length ? 1 : weight);
    weight = weight * 3 % alphabet.size();
  }
  return sum % alphabet.size() == 0;
}

bool valid_item_code(std::string_view code) {
  const auto allowed = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
  if (code.empty() || code.size() > item_code_length_max || !std::all_of(code.begin(), code.end(), allowed)) {
    return false;
  }
  constexpr std::size_t implementation_length = 31;
  if (code.size() != implementation_length && code.size() != implementation_length + 2) return true;
  return valid_credit_code(code.substr(0, 18)) && code[18] >= '1' && code[18] <= '7';  // GB/T 39046-2020 A.2
}

}  // namespace bianmin::services

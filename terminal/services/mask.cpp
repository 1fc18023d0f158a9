#include "terminal/services/mask.hpp"

#include <algorithm>

#include "terminal/base/text.hpp"

namespace bianmin::services {

namespace {
constexpr std::string_view hidden = "****";
constexpr std::size_t number_length_min = 12;
constexpr std::size_t phone_length_min = 11;
constexpr std::size_t name_stars_max = 2;
}  // namespace

std::string mask_number(std::string_view number) {
  if (number.size() < number_length_min) return std::string(hidden);
  std::string out(number.substr(0, 4));
  out.append(" **** **** ").append(number.substr(number.size() - 4));
  return out;
}

std::string mask_phone(std::string_view phone) {
  if (phone.size() < phone_length_min) return std::string(hidden);
  std::string out(phone.substr(0, 3));
  out.append(" **** ").append(phone.substr(phone.size() - 4));
  return out;
}

std::string mask_name(std::string_view name) {
  const auto points = decode_utf8(name);
  if (!points || points->size() < 2) return "*";
  return encode_utf8(points->substr(0, 1)) + std::string(std::min(points->size() - 1, name_stars_max), '*');
}

std::string masked(Mask mask, std::string_view value) {
  switch (mask) {
    case Mask::none:
      return std::string(value);
    case Mask::name:
      return mask_name(value);
    case Mask::number:
      return mask_number(value);
    case Mask::phone:
      return mask_phone(value);
  }
  return std::string(hidden);
}

}  // namespace bianmin::services

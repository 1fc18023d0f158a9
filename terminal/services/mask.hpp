// What a screen may show of a value while others may be looking on.
#pragma once

#include <string>
#include <string_view>

#include "terminal/services/package.hpp"

namespace bianmin::services {

// "11010519491231002X" -> "1101 **** **** 002X". Shorter than 12 characters: nothing of it is shown.
std::string mask_number(std::string_view number);

// "13812345678" -> "138 **** 5678". Shorter than 11 characters: nothing of it is shown.
std::string mask_phone(std::string_view phone);

// The first character and at most two stars: "张*", "欧**". A name of one character: "*".
std::string mask_name(std::string_view name);

std::string masked(Mask mask, std::string_view value);

}  // namespace bianmin::services

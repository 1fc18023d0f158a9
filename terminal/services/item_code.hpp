// Codes of government service items.
//
// GB/T 39554.1-2020: an implementation code has 31 characters: the unified social credit code of the office
// (18), its level (1), the basic code (12); a handling item has two more. Other lengths up to 36 occur
// (GB/T 39046-2020 has 24) and are taken as they are.
#pragma once

#include <string_view>

namespace bianmin::services {

inline constexpr std::size_t item_code_length_max = 36;

// GB 32100-2015: 18 characters of its alphabet, check character right.
bool valid_credit_code(std::string_view code);

bool valid_item_code(std::string_view code);

}  // namespace bianmin::services

// The name of a terminal: 1 to 64 letters, digits, '-' and '_', safe in file names, certificates and logs.
#pragma once

#include <string_view>

namespace bianmin::record {

constexpr std::size_t terminal_id_size_max = 64;

bool valid_terminal_id(std::string_view id);

}  // namespace bianmin::record

// kiosk-hub backup, restore and adopt. Exit codes as in operator_commands.hpp.
#pragma once

#include <string>
#include <vector>

#include "terminal/base/arguments.hpp"

namespace bianmin::hub {

int run_backup(const std::vector<std::string>& words);
int run_adopt(const std::vector<std::string>& words);
int run_restore(const std::vector<std::string>& words, const Arguments& arguments);

}  // namespace bianmin::hub

// kiosk-hub's commands for departments: what waits, what was refused, and what came back.
#pragma once

#include <string>
#include <vector>

#include "terminal/base/arguments.hpp"

namespace bianmin::hub {

// `words` begin with the command's name. Exit codes as kiosk-hub's: 0 done, 1 failed and told, 2 wrong usage.
int run_departments(const std::vector<std::string>& words, const Arguments& arguments);
int run_certificate(const std::string& folder, const std::string& case_no, const std::string& file,
                    const Arguments& arguments);

}  // namespace bianmin::hub

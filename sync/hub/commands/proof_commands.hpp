// kiosk-hub's commands for proofs: what goes out of the hub's door as a file.
#pragma once

#include <string>
#include <vector>

#include "terminal/base/arguments.hpp"

namespace bianmin::hub {

// `words` begin with the command's name. Exit codes as kiosk-hub's: 0 done, 1 failed and told, 2 wrong usage.
int run_proof(const std::vector<std::string>& words);
int run_consistency(const std::vector<std::string>& words, const Arguments& arguments);
int run_stamp(const std::vector<std::string>& words, const Arguments& arguments);

}  // namespace bianmin::hub

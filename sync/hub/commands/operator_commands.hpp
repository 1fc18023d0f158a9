// kiosk-hub's commands for operators: events, quarantine, import, drop-payloads.
#pragma once

#include <string>
#include <vector>

#include "terminal/base/arguments.hpp"

namespace bianmin::hub {

constexpr int exit_misuse = 2;

// `words` begin with the command's name. Exit codes as kiosk-hub's: 0 done, 1 failed and told, 2 wrong usage.
int run_events(const std::vector<std::string>& words, const Arguments& arguments);
int run_quarantine(const std::vector<std::string>& words, const Arguments& arguments);
int run_drop_payloads(const std::vector<std::string>& words, const Arguments& arguments);
int run_import(const std::vector<std::string>& words, const Arguments& arguments);

}  // namespace bianmin::hub

// The commands of kioskctl: one file each. Each gets its own words and options and returns an exit code:
// 0 done, 1 the answer is no (a bad number, no code in a picture), 2 wrong usage, 3 it could not be done.
#pragma once

#include <string>

#include "terminal/base/arguments.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::kioskctl {

enum ExitCode : int { exit_ok = 0, exit_no = 1, exit_usage = 2, exit_failed = 3 };

int check_id(int argc, const char* const* argv);
int ccid_descriptor(int argc, const char* const* argv);
int scan(int argc, const char* const* argv);
int read_card(int argc, const char* const* argv);
int devices(int argc, const char* const* argv);
int journal(int argc, const char* const* argv);
int print_test(int argc, const char* const* argv);
int print_preview(int argc, const char* const* argv);
int emulate(int argc, const char* const* argv);
int conformance_suite(int argc, const char* const* argv);
int record(int argc, const char* const* argv);

// "kioskctl: code: detail" on stderr; returns `code`.
int fail(const Error& error, int code = exit_failed);

// Where kiosk-emulator listens: --socket, else $BIANMIN_EMULATOR, else its usual place.
std::string emulator_socket(const Arguments& arguments);

}  // namespace bianmin::kioskctl

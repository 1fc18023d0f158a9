// The commands of kioskctl: one file each. Each gets its own words and options and returns an exit code:
// 0 done, 1 the answer is no (a bad number, no code in a picture), 2 wrong usage, 3 it could not be done.
#pragma once

#include <string>
#include <string_view>

#include "terminal/base/arguments.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::kioskctl {

enum ExitCode : int { exit_ok = 0, exit_no = 1, exit_usage = 2, exit_failed = 3 };

// How a command is told of and run; each is defined in its own file. main() answers --help, and says the same
// after wrong usage.
struct Command {
  std::string_view name;
  std::string_view arguments;
  std::string_view help;  // one line
  int (*run)(int argc, const char* const* argv);
  std::string_view options = {};  // what --help says besides: whole lines
};

extern const Command check_id_command;
extern const Command ccid_descriptor_command;
extern const Command scan_command;
extern const Command card_command;
extern const Command devices_command;
extern const Command device_key_command;
extern const Command journal_command;
extern const Command print_ledger_command;
extern const Command print_test_command;
extern const Command print_preview_command;
extern const Command emulate_command;
extern const Command conformance_command;
extern const Command record_command;
extern const Command proof_command;
extern const Command hub_command;

// "kioskctl: code: detail" on stderr; returns `code`.
int fail(const Error& error, int code = exit_failed);

// Where kiosk-emulator listens: --socket, else $BIANMIN_EMULATOR, else its usual place.
std::string emulator_socket(const Arguments& arguments);

}  // namespace bianmin::kioskctl

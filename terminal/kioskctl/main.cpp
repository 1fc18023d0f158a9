// kioskctl: what staff, operators and vendors ask of a terminal from a shell.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "drivers/scanner/decoder_child.hpp"
#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr std::array commands = {
    &check_id_command,   &ccid_descriptor_command, &scan_command,         &conformance_command,
    &card_command,       &devices_command,         &device_key_command,   &journal_command,
    &print_test_command, &print_preview_command,   &print_ledger_command, &record_command,
    &emulate_command,    &proof_command,           &hub_command,
};

void print_help(std::FILE* to) {
  std::fputs("usage: kioskctl COMMAND ... [--help]\n\n", to);
  for (const Command* command : commands) fmt::print(to, "  {:<16} {}\n", command->name, command->help);
  std::fputs("\nExit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 it could not be done.\n", to);
}

void print_help_of(const Command& command, std::FILE* to) {
  fmt::print(to, "usage: kioskctl {} {}\n  {}\n{}", command.name, command.arguments, command.help,
             command.options);
}

bool asks_for_help(int argc, const char* const* argv) {
  return std::any_of(argv, argv + argc,
                     [](std::string_view word) { return word == "--help" || word == "-h"; });
}

}  // namespace

int fail(const Error& error, int code) {
  std::fprintf(stderr, "kioskctl: %s\n", error.text().c_str());
  return code;
}

}  // namespace bianmin::kioskctl

int main(int argc, char** argv) {
  using namespace bianmin::kioskctl;
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "--help" || word == "-h" || word == "help") {
    print_help(stdout);
    return exit_ok;
  }
  if (word == bianmin::scanner::decode_frames_word) return bianmin::scanner::serve_frames();
  for (const Command* command : commands) {
    if (command->name != word) continue;
    if (asks_for_help(argc - 2, argv + 2)) {
      print_help_of(*command, stdout);
      return exit_ok;
    }
    const int code = command->run(argc - 1, argv + 1);
    if (code == exit_usage) print_help_of(*command, stderr);
    return code;
  }
  print_help(stderr);
  return exit_usage;
}

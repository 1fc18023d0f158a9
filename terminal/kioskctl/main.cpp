// kioskctl: what staff, operators and vendors ask of a terminal from a shell.
#include <cstdio>
#include <string_view>

#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

namespace {

struct CommandEntry {
  std::string_view name;
  std::string_view arguments;
  std::string_view help;
  int (*run)(int argc, const char* const* argv);
};

constexpr CommandEntry commands[] = {
    {"check-id", "NUMBER", "check a resident identity number (GB 11643), 18 or 15 characters", check_id},
    {"ccid-descriptor", "[--json] FILE...", "what smart card readers can do, from public dumps of their descriptors",
     ccid_descriptor},
    {"scan", "IMAGE...", "read codes in pictures: file<TAB>format<TAB>text, or file<TAB>-<TAB>", scan},
    {"conformance", "DEVICE [--emulator]", "try all that a device has to do, step by step, and report",
     conformance_suite},
    {"card", "read [--reveal] [--json]", "wait for a card of any kind and print what is on it, masked",
     read_card},
    {"devices", "[--json] [--language L]",
     "what is plugged in, which driver takes it, its state and what that means", devices},
    {"journal", "verify FILE --keys DIR", "check the chain, the signatures and the gaps of a journal",
     journal},
    {"print-test", "", "print a test slip and say whether it came out", print_test},
    {"print-preview", "FILE.bin OUT.png", "draw what a receipt printer would print", print_preview},
    {"record", "DEVICE FILE", "write down what goes over USB in a short session, to be replayed in tests",
     record},
    {"emulate", "COMMAND...", "work emulated devices by hand: card, paper, cover, plug, unplug, scan, status",
     emulate},
};

void print_help(std::FILE* to) {
  std::fputs("usage: kioskctl COMMAND ...\n\n", to);
  for (const CommandEntry& entry : commands) {
    std::fprintf(to, "  %-16.*s %-24.*s %.*s\n", static_cast<int>(entry.name.size()), entry.name.data(),
                 static_cast<int>(entry.arguments.size()), entry.arguments.data(),
                 static_cast<int>(entry.help.size()), entry.help.data());
  }
  std::fputs("\nExit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 it could not be done.\n", to);
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
  for (const CommandEntry& entry : commands) {
    if (entry.name == word) return entry.run(argc - 1, argv + 1);
  }
  print_help(stderr);
  return exit_usage;
}

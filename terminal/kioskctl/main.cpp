// kioskctl: what staff, operators and vendors ask of a terminal from a shell.
#include <algorithm>
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
  std::string_view options = {};  // what --help says besides; empty: as it is above
  bool helps_itself = false;      // answers --help
};

constexpr CommandEntry commands[] = {
    {"check-id", "NUMBER", "check a resident identity number (GB 11643), 18 or 15 characters", check_id},
    {"ccid-descriptor", "[--json] FILE...",
     "what smart card readers can do, from public dumps of their descriptors", ccid_descriptor,
     "  --json  one JSON object for each file\n"
     "  FILE    as `lsusb -v` prints it, or as the CCID project keeps its readers\n"
     "Exit codes: 0 all can be used, 1 one of them cannot, with the reason, 2 wrong usage, 3 a file is "
     "none.\n"},
    {"scan", "IMAGE...", "read codes in pictures: file<TAB>format<TAB>text, or file<TAB>-<TAB>", scan},
    {"conformance",
     "DEVICE [--emulator]",
     "try all that a device has to do, step by step, and report",
     conformance_suite,
     {},
     true},
    {"card", "read [--reveal] [--json]", "wait for a card of any kind and print what is on it, masked",
     read_card,
     "  --reveal           personal data in full; else masked\n"
     "  --json             one JSON object\n"
     "  --timeout SECONDS  how long to wait for a card\n"
     "  --trust DIR        whom to believe about an electronic ID: *.pem and *.crt\n"
     "Exit codes: 0 a card was read, 1 none came in time, 2 wrong usage, 3 it could not be done.\n"},
    {"devices",
     "[--json] [--language L]",
     "what is plugged in, which driver takes it, its state and what that means",
     devices,
     {},
     true},
    {"journal", "verify FILE --keys DIR", "check the chain, the signatures and the gaps of a journal",
     journal},
    {"print-test", "", "print a test slip and say whether it came out", print_test},
    {"print-preview", "FILE.bin OUT.png", "draw what a receipt printer would print", print_preview},
    {"record",
     "DEVICE FILE",
     "write down what goes over USB in a short session, to be replayed in tests",
     record,
     {},
     true},
    {"emulate",
     "COMMAND...",
     "work emulated devices by hand: card, paper, cover, plug, unplug, scan, status",
     emulate,
     {},
     true},
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

void print_help_of(const CommandEntry& entry) {
  std::printf("usage: kioskctl %.*s %.*s\n  %.*s\n%.*s", static_cast<int>(entry.name.size()),
              entry.name.data(), static_cast<int>(entry.arguments.size()), entry.arguments.data(),
              static_cast<int>(entry.help.size()), entry.help.data(), static_cast<int>(entry.options.size()),
              entry.options.data());
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
  for (const CommandEntry& entry : commands) {
    if (entry.name != word) continue;
    if (entry.helps_itself || !asks_for_help(argc - 2, argv + 2)) return entry.run(argc - 1, argv + 1);
    print_help_of(entry);
    return exit_ok;
  }
  print_help(stderr);
  return exit_usage;
}

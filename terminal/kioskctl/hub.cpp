// kioskctl hub ...: what operators ask of a hub. It is kiosk-hub that does it; a terminal has none of it.
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include "terminal/base/files.hpp"
#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

namespace {

// Becomes the program that lies beside this one, or is found in PATH.
int run_hub(int argc, const char* const* argv) {
  if (argc < 2) return exit_usage;
  std::error_code failed;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", failed);
  const std::filesystem::path beside = own.parent_path() / "kiosk-hub";
  const bool is_beside = !failed && ::access(beside.c_str(), X_OK) == 0;
  std::vector<std::string> words{is_beside ? beside.string() : "kiosk-hub"};
  words.insert(words.end(), argv + 1, argv + argc);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::execvp(pointers[0], pointers.data());
  return fail({Remedy::refuse, "hub.not_installed", file_error("kiosk-hub", errno).detail});
}

}  // namespace

const Command hub_command = {
    "hub", "backup DIR OUT | restore OUT DIR [--database URL] [--nothing-lost] | ...",
    "what kiosk-hub does, where it is installed: backup, restore and all its other commands", run_hub,
    "  backup DIR OUT    a consistent copy of the hub in DIR, which may be serving. OUT holds all its keys, "
    "and\n"
    "                    in the register what residents said: guard it as you guard DIR\n"
    "  restore OUT DIR   a hub out of such a copy; nothing is overwritten\n"
    "  --database URL    restore into this empty PostgreSQL database, instead of the one it came from\n"
    "  --nothing-lost    the hub was stopped before the backup and has not run since\n"
    "  ...               the commands of kiosk-hub --help. Exit codes are those of kiosk-hub\n"};

}  // namespace bianmin::kioskctl

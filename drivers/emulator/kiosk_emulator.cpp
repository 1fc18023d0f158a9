#include "drivers/emulator/kiosk_emulator.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "drivers/emulator/control_server.hpp"
#include "drivers/emulator/emulated_kiosk.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::emulator {

namespace {

constexpr int exit_usage = 64;
constexpr int exit_failed = 70;
constexpr int exit_not_found = 127;
constexpr std::string_view preload_library = "libumockdev-preload.so.0";
constexpr const char* usage =
    "usage: kiosk-emulator [--family a|b] [--redir FOLDER] --control SOCKET [-- COMMAND...]\n"
    "Plugs in an ID card reader, a receipt printer and a code scanner, runs COMMAND so that it sees them, "
    "and\n"
    "ends with its exit code. Without COMMAND: prints the environment to export and runs until SIGTERM.\n"
    "A smart card reader, a key pad (1209:0005), guide lights (1209:0006) and contacts\n"
    "(04d8:00dd) wait to be plugged in.\n"
    "SOCKET answers lines: card on|off, chip on|off, paper out|in, cover open|close, plug|unplug DEVICE, "
    "scan TEXT, "
    "key KEY,\n"
    "headset in|out, light PLACE, door open|close, tamper begin|end, receipts, "
    "receipt FILE, slip presenter|take|mouth, fault DEVICE INDEX KIND, status.\n"
    "With --redir the devices are for a virtual machine and not for programs here: each speaks usb-redir on "
    "FOLDER/NAME.sock,\n"
    "and FOLDER/control.sock answers any number of lines, for a serial port of the guest.\n";

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* path = std::getenv("PATH");
  for (const std::string_view folder : split(path == nullptr ? "" : path, ':')) {
    std::string candidate = std::string(folder) + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return name;
}

// The sanitizer's library that a program was linked with has to come before every other preloaded one.
std::string sanitizer_library(const std::string& program) {
  std::ifstream file(program, std::ios::binary);
  constexpr std::size_t head_byte_count =
      4U * 1'024 * 1'024;  // the names of libraries stand at the beginning
  std::string head(head_byte_count, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  for (const std::string_view name : {"libasan.so.", "libtsan.so."}) {
    const std::size_t at = head.find(name);
    if (at != std::string::npos) return head.c_str() + at;
  }
  return {};
}

void prepare_environment(const std::string& program) {
  std::string preload(preload_library);
  if (const std::string sanitizer = sanitizer_library(program); !sanitizer.empty())
    preload = sanitizer + " " + preload;
  const char* before = std::getenv("LD_PRELOAD");
  if (before != nullptr && *before != '\0') preload += " " + std::string(before);
  ::setenv("LD_PRELOAD", preload.c_str(), 1);
  // A program that starts others may start sanitized ones, which would refuse what was preloaded before them.
  const char* options = std::getenv("ASAN_OPTIONS");
  const std::string with_order = std::string(options == nullptr ? "" : options) + ":verify_asan_link_order=0";
  ::setenv("ASAN_OPTIONS", with_order.c_str(), 1);
}

pid_t start_command(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words)
    arguments.push_back(const_cast<char*>(word.c_str()));  // NOLINT: posix_spawn's type
  arguments.push_back(nullptr);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t child = -1;
  const int failed =
      ::posix_spawnp(&child, words[0].c_str(), nullptr, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  return failed == 0 ? child : -1;
}

int exit_code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

// Waits for the command, or without one for a signal to end.
int wait_for_end(const sigset_t& signals, pid_t child) {
  for (;;) {
    const int signal = ::sigwaitinfo(&signals, nullptr);
    if (signal == SIGCHLD) {
      int status = 0;
      if (child > 0 && ::waitpid(child, &status, WNOHANG) == child) return exit_code_of(status);
    } else if (signal > 0) {
      if (child <= 0) return 0;
      (void)::kill(child, signal);  // it decides when it has ended
    }
  }
}

int run_command(const Arguments& arguments, const sigset_t& signals, bool with_umockdev) {
  if (with_umockdev) prepare_environment(find_program(arguments.words()[0]));
  const pid_t child = start_command(arguments.words());
  if (child < 0) {
    fmt::print(stderr, "kiosk-emulator: cannot start {}\n", arguments.words()[0]);
    return exit_not_found;
  }
  return wait_for_end(signals, child);
}

int run(const Arguments& arguments, const ChipCards& chips) {
  const std::string family = arguments.value("family", "b");
  if (arguments.has("help") || !arguments.has("control") || (family != "a" && family != "b")) {
    std::fputs(usage, arguments.has("help") ? stdout : stderr);
    return arguments.has("help") ? 0 : exit_usage;
  }
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread starts
  const ReaderFamily reader_family = family == "a" ? ReaderFamily::a : ReaderFamily::b;
  const std::string redir_folder = arguments.value("redir");
  auto kiosk = redir_folder.empty() ? EmulatedKiosk::create(Adapter::socket, reader_family, chips)
                                    : EmulatedKiosk::create_redir(redir_folder, reader_family, chips);
  if (!kiosk) {
    fmt::print(stderr, "kiosk-emulator: {}\n", kiosk.error().text());
    return exit_failed;
  }
  const auto handler = [&](std::string_view line) { return (*kiosk)->command(line); };
  auto server = ControlServer::start(arguments.value("control"), handler);
  auto for_guest = redir_folder.empty() ? Result<std::unique_ptr<ControlServer>>(nullptr)
                                        : ControlServer::start(redir_folder + "/control.sock", handler,
                                                               ControlServer::Stay::many_lines);
  if (!server || !for_guest) {
    fmt::print(stderr, "kiosk-emulator: {}\n", (server ? for_guest : server).error().text());
    return exit_failed;
  }
  if (!arguments.words().empty()) return run_command(arguments, signals, redir_folder.empty());
  if (redir_folder.empty()) {
    fmt::print("export UMOCKDEV_DIR={}\nexport LD_PRELOAD={}\n", (*kiosk)->root_folder(), preload_library);
    std::fflush(stdout);
  }
  return wait_for_end(signals, -1);
}

}  // namespace

int kiosk_emulator(int argc, char** argv, const ChipCards& chips) {
  const auto arguments =
      Arguments::parse(argc, argv, {{"help", false}, {"family", true}, {"control", true}, {"redir", true}});
  if (!arguments) {
    std::fprintf(stderr, "kiosk-emulator: %s\n", arguments.error().text().c_str());
    return exit_usage;
  }
  return run(*arguments, chips);
}

}  // namespace bianmin::emulator

// kioskctl emulate COMMAND...: a line to a running kiosk-emulator.
#include <cstdio>
#include <cstdlib>

#include "drivers/emulator/control_client.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr std::string_view default_socket = "/tmp/bianmin-emulator.sock";
constexpr std::string_view usage =
    "usage: kioskctl emulate [--socket FILE] COMMAND...\n"
    "  card on [NAME] | card off          put an ID card on the reader, take it off: grandma, farmer, hong-kong,\n"
    "                                     foreigner-2017, foreigner-2023\n"
    "  chip on [NAME] | chip off          put a chip card into the slot, take it out: social, echo, echo-t0\n"
    "  paper out | paper in               tear the paper out, put a roll in\n"
    "  cover open | cover close\n"
    "  plug DEVICE | unplug DEVICE        reader, printer, scanner, smartcard\n"
    "  scan TEXT                          hold a code under the scanner\n"
    "  receipt FILE | receipts            the bytes of the last slip; how many came out\n"
    "  fault DEVICE INDEX KIND            what goes wrong at which transfer\n"
    "  status\n"
    "  --socket FILE  of kiosk-emulator; default: $BIANMIN_EMULATOR, else /tmp/bianmin-emulator.sock\n";

}  // namespace

std::string emulator_socket(const Arguments& arguments) {
  const char* from_environment = std::getenv("BIANMIN_EMULATOR");
  return arguments.value("socket",
                         from_environment != nullptr ? std::string_view(from_environment) : default_socket);
}

int emulate(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(argc, argv, {{"socket", true}, {"help", false}});
  if (!arguments) return fail(arguments.error(), exit_usage);
  if (arguments->words().empty() || arguments->has("help")) {
    std::fwrite(usage.data(), 1, usage.size(), arguments->has("help") ? stdout : stderr);
    return arguments->has("help") ? exit_ok : exit_usage;
  }
  std::string line;
  for (const std::string& word : arguments->words()) line += (line.empty() ? "" : " ") + word;
  const auto answer = emulator::emulator_command(emulator_socket(*arguments), line);
  if (!answer) return fail(answer.error());
  std::printf("%s\n", answer->empty() ? "ok" : answer->c_str());
  return exit_ok;
}

}  // namespace bianmin::kioskctl

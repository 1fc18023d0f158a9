// kioskctl emulate COMMAND...: a line to a running kiosk-emulator.
#include <cstdio>
#include <cstdlib>

#include "drivers/emulator/control_client.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr std::string_view default_socket = "/tmp/bianmin-emulator.sock";
}  // namespace

std::string emulator_socket(const Arguments& arguments) {
  const char* from_environment = std::getenv("BIANMIN_EMULATOR");
  return arguments.value("socket",
                         from_environment != nullptr ? std::string_view(from_environment) : default_socket);
}

namespace {

int emulate(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(argc, argv, {{"socket", true}});
  if (!arguments) return fail(arguments.error(), exit_usage);
  if (arguments->words().empty()) return exit_usage;
  std::string line;
  for (const std::string& word : arguments->words()) line += (line.empty() ? "" : " ") + word;
  const auto answer = emulator::emulator_command(emulator_socket(*arguments), line);
  if (!answer) return fail(answer.error());
  std::printf("%s\n", answer->empty() ? "ok" : answer->c_str());
  return exit_ok;
}

}  // namespace

const Command emulate_command = {
    "emulate", "[--socket FILE] COMMAND...",
    "work emulated devices by hand: card, paper, cover, key, plug, unplug, scan, status", emulate,
    "  card on [NAME] | card off          put an ID card on the reader, take it off: grandma, farmer, "
    "hong-kong,\n"
    "                                     foreigner-2017, foreigner-2023\n"
    "  chip on [NAME] | chip off          put a chip card into the slot, take it out: social, echo, echo-t0\n"
    "  paper out | paper in               tear the paper out, put a roll in\n"
    "  cover open | cover close\n"
    "  page paper|cover|jam|toner WHAT    the page printer: in, out; open, close; on, off; ok, low, out\n"
    "  page save FILE.pgm | page receipts its last page as a picture; how many jobs came out\n"
    "  key KEY                            press previous, next, confirm, back or help on the pad\n"
    "  headset in | headset out           put a headset's plug into the pad's jack, pull it out\n"
    "  plug DEVICE | unplug DEVICE        reader, printer, scanner, smartcard, pageprinter, pad, lights,\n"
    "                                     contacts, ups\n"
    "  door open | door close\n"
    "  tamper begin | tamper end\n"
    "  light PLACE                        whether the guide light card, slip, page, scan or pad is lit\n"
    "  scan TEXT                          hold a code under the scanner\n"
    "  mains on | mains off               the power; battery PERCENT SECONDS: what the supply has left\n"
    "  receipt FILE | receipts            the bytes of the last slip; how many came out\n"
    "  fault DEVICE INDEX KIND            what goes wrong at which transfer\n"
    "  status\n"
    "  --socket FILE  of kiosk-emulator; default: $BIANMIN_EMULATOR, else /tmp/bianmin-emulator.sock\n"};

}  // namespace bianmin::kioskctl

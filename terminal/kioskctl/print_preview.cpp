// kioskctl print-preview FILE.bin OUT.png [--paper 58|80] [--model NAME] [--text]
#include <cstdio>

#include "drivers/printer/printer_profile.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/files.hpp"
#include "terminal/kioskctl/commands.hpp"
#include "terminal/kioskctl/slip_picture.hpp"

namespace bianmin::kioskctl {

constexpr std::size_t stream_byte_max = 4 * 1024 * 1024;

namespace {

int print_preview(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(argc, argv, {{"paper", true}, {"model", true}, {"text"}});
  if (!arguments) return fail(arguments.error(), exit_usage);
  const std::string paper = arguments->value("paper", "80");
  if (arguments->words().size() != 2 || (paper != "58" && paper != "80")) return exit_usage;
  const auto bytes = read_file(arguments->words()[0], stream_byte_max);
  if (!bytes) return fail(bytes.error());
  const auto width = paper == "58" ? printer::PaperWidth::mm58 : printer::PaperWidth::mm80;
  const int area_dots = printer::find_profile(0, 0, arguments->value("model")).area(width).dots;
  const auto slips = printer::read_slips(*bytes, area_dots);
  const auto drawn = draw_slips(slips, area_dots, arguments->words()[1]);
  if (!drawn) return fail(drawn.error());
  if (arguments->has("text")) {
    for (const auto& slip : slips) std::fputs(printer::slip_text(slip).c_str(), stdout);
  }
  std::printf("%zu slip(s)\n", slips.size());
  return exit_ok;
}

}  // namespace

const Command print_preview_command = {
    "print-preview", "FILE.bin OUT.png [--paper 58|80] [--model NAME] [--text]",
    "draw what a receipt printer would print", print_preview,
    "\n  FILE.bin is what would be sent to the printer: ESC/POS. One pixel is one dot of the print head.\n"
    "  --paper 58|80  millimetres; 80 when nothing is said\n"
    "  --model NAME   of a printer that calls itself so, TM-T88V; any other when nothing is said\n"
    "  --text         say also what the slips read, a line each\n"};

}  // namespace bianmin::kioskctl

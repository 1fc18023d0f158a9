// kioskctl print-preview FILE.bin OUT.png
#include <cstdio>

#include "terminal/base/arguments.hpp"
#include "terminal/base/files.hpp"
#include "terminal/kioskctl/commands.hpp"
#include "terminal/kioskctl/slip_picture.hpp"

namespace bianmin::kioskctl {

constexpr std::size_t stream_byte_max = 4 * 1024 * 1024;

namespace {

int print_preview(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(argc, argv, {});
  if (!arguments) return fail(arguments.error(), exit_usage);
  if (arguments->words().size() != 2) return exit_usage;
  const auto bytes = read_file(arguments->words()[0], stream_byte_max);
  if (!bytes) return fail(bytes.error());
  const auto slips = printer::read_slips(*bytes);
  const auto drawn = draw_slips(slips, arguments->words()[1]);
  if (!drawn) return fail(drawn.error());
  std::printf("%zu slip(s)\n", slips.size());
  return exit_ok;
}

}  // namespace

const Command print_preview_command = {"print-preview", "FILE.bin OUT.png",
                                       "draw what a receipt printer would print", print_preview};

}  // namespace bianmin::kioskctl

// kioskctl check-id NUMBER
#include <cstdio>

#include "drivers/card/id_number.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

constexpr std::size_t old_length = 15;

namespace {

int check_id(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(argc, argv, {});
  if (!arguments) return fail(arguments.error(), exit_usage);
  if (arguments->words().size() != 1) return exit_usage;
  const std::string& text = arguments->words()[0];
  const auto number = text.size() == old_length ? card::id_number_from_15(text) : card::parse_id_number(text);
  if (!number) {
    std::printf("invalid\t%s\n", number.error().text().c_str());
    return exit_no;
  }
  std::printf("valid\t%s\tregion %s\tborn %s\t%s\n", number->text.c_str(), number->region.c_str(),
              number->birth.iso().c_str(), number->sex == '1' ? "male" : "female");
  return exit_ok;
}

}  // namespace

const Command check_id_command = {
    "check-id", "NUMBER", "check a resident identity number (GB 11643), 18 or 15 characters", check_id};

}  // namespace bianmin::kioskctl

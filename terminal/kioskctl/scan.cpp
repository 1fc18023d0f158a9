// kioskctl scan IMAGE...
#include <cstdio>

#include "drivers/scanner/decoder_child.hpp"
#include "drivers/scanner/image_file.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/text.hpp"
#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr int deadline_ms = 10'000;
// A file is no frame of a camera: nobody waits for the next one.
constexpr scanner::LadderLimits whole_ladder{.budget_ms = 3'000};

// One line per code, whatever the code holds.
std::string one_line(std::string text) {
  text = replace_all(std::move(text), "\n", "\\n");
  text = replace_all(std::move(text), "\r", "\\r");
  return replace_all(std::move(text), "\t", "\\t");
}

int scan_file(scanner::DecoderChild& decoder, const std::string& file) {
  const auto image = scanner::load_image(file);
  if (!image) {
    std::printf("%s\t-\t\n", file.c_str());
    return fail(image.error());
  }
  const auto found = decoder.decode(*image, whole_ladder, deadline_ms);
  if (!found || found->codes.empty()) {
    std::printf("%s\t-\t\n", file.c_str());
    return found ? static_cast<int>(exit_no) : fail(found.error());
  }
  for (const scanner::DecodedCode& code : found->codes) {
    std::printf("%s\t%s\t%s\n", file.c_str(), code.format.c_str(), one_line(code.text).c_str());
  }
  return exit_ok;
}

int scan(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(argc, argv, {});
  if (!arguments) return fail(arguments.error(), exit_usage);
  if (arguments->words().empty()) return exit_usage;
  int worst = exit_ok;
  scanner::DecoderChild decoder;
  for (const std::string& file : arguments->words()) {
    const int code = scan_file(decoder, file);
    std::fflush(stdout);
    if (code > worst) worst = code;
  }
  return worst;
}

}  // namespace

const Command scan_command = {"scan", "IMAGE...",
                              "read codes in pictures: file<TAB>format<TAB>text, or file<TAB>-<TAB>", scan,
                              "  IMAGE  PNG, JPEG, WebP or PGM\n"};

}  // namespace bianmin::kioskctl

// A package of any bytes is refused with a code, or can be walked. The input is service.json, or the bytes to
// put over the sample at a place, after a first byte that says which.
#include <algorithm>
#include <cstdlib>

#include "terminal/services/form.hpp"
#include "terminal/services/package_loader.hpp"
#include "tests/services/sample_texts.hpp"

using namespace bianmin;
using namespace bianmin::services;

namespace {

std::string overlaid(std::string text, ByteView bytes) {
  ByteReader reader(bytes);
  const std::size_t at = reader.u16_be() % (text.size() + 1);
  const std::size_t gone = std::min<std::size_t>(reader.u8(), text.size() - at);
  return text.replace(at, gone, text_of(reader.rest()));
}

void walk(const Package& package) {
  Form form(package, Date{2026, 11, 22});
  for (std::size_t i = 0; i <= package.steps.size() && !form.finished(); ++i) {
    if (const Field* field = form.current_field()) {
      if (!field->options.empty()) (void)form.answer(field->id, field->options.back().id);
      if (field->optional()) (void)form.skip(field->id);
    }
    (void)form.question("en");
    (void)form.review_rows("en");
    (void)form.receipt_lines({}, "en");
    if (!form.next()) break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView rest(data + 1, size - 1);
  std::string definition(sample_definition);
  std::string strings(sample_strings);
  switch (data[0] % 3) {
    case 0:
      definition = text_of(rest);
      break;
    case 1:
      definition = overlaid(definition, rest);
      break;
    default:
      strings = overlaid(strings, rest);
      break;
  }
  const auto package = parse_package(definition, {{"zh-Hans", std::string(sample_strings)}, {"en", strings}});
  if (package) {
    walk(*package);
  } else if (package.error().code.substr(0, 8) != "package.") {
    std::abort();
  }
  return 0;
}

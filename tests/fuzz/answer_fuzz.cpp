// Any bytes as an answer, a scanned code or a value of a card are taken or refused.
#include <cstdlib>

#include "terminal/services/form.hpp"
#include "terminal/services/mask.hpp"
#include "terminal/services/package_loader.hpp"
#include "tests/services/sample_texts.hpp"

using namespace bianmin;
using namespace bianmin::services;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto package = parse_package(
      sample_definition, {{"zh-Hans", std::string(sample_strings)}, {"en", std::string(sample_strings)}});
  const std::string value = text_of(ByteView(data, size));
  Form form(package.value(), Date{2026, 11, 22});
  for (const Field& field : package->fields) {
    const auto taken = form.answer(field.id, value);
    if (taken.ok() != (form.answer_of(field.id) == value) && field.prefill.empty()) std::abort();
  }
  (void)form.set_card({{"name", value},
                       {"number", value},
                       {"address", value},
                       {"birth", "19491231"},
                       {"valid_from", "20150101"},
                       {"valid_to", "long-term"}});
  (void)form.review_rows("en");
  for (const Mask mask : {Mask::name, Mask::number, Mask::phone}) {
    if (!value.empty() && masked(mask, value) == value && value.find('*') == std::string::npos) std::abort();
  }
  return 0;
}

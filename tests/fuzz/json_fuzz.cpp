// JSON that parses is written and parses again to the same value.
#include <cstdlib>

#include "terminal/base/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto json = bianmin::parse_json(text);
  if (!json) {
    if (json.error().code != "json.bad") std::abort();
    return 0;
  }
  const auto again = bianmin::parse_json(bianmin::json_text(*json));
  if (!again || *again != *json) std::abort();
  return 0;
}

// JSON, strictly read. The only place of nlohmann/json in the project (DECISIONS.md).
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "terminal/base/result.hpp"

namespace bianmin {

using Json = nlohmann::ordered_json;

// UTF-8 text holding exactly one value: nothing after it (not even a NUL), no repeated keys, at most
// `depth_max` levels. Error "json.bad" with the byte where it went wrong.
Result<Json> parse_json(std::string_view text, std::size_t depth_max = 32);

// One line, or indented by two; invalid UTF-8 inside strings is replaced, so it never fails.
std::string json_text(const Json& value, bool indented = false);

}  // namespace bianmin

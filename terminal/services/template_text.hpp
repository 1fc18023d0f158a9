// Texts with placeholders: "您的办件号是 {case_no}". A brace stands for nothing else.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/base/result.hpp"

namespace bianmin::services {

// The names between braces, in order; nothing when a brace is unmatched or a name is not [a-z_.]+.
std::optional<std::vector<std::string>> placeholders_of(std::string_view text);

// Values are put in as they are and never searched for placeholders again.
// Error "form.missing_value", detail: the placeholder's name, when `value_of` has none.
Result<std::string> fill_in(std::string_view text,
                            const std::function<std::optional<std::string>(std::string_view)>& value_of);

}  // namespace bianmin::services

#include "terminal/services/template_text.hpp"

#include <algorithm>

namespace bianmin::services {

std::optional<std::vector<std::string>> placeholders_of(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t open = text.find_first_of("{}");
    if (open == std::string_view::npos) return names;
    const std::size_t close = text.find_first_of("{}", open + 1);
    if (text[open] == '}' || close == std::string_view::npos || text[close] == '{') return std::nullopt;
    const std::string_view name = text.substr(open + 1, close - open - 1);
    const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == '.'; };
    if (name.empty() || !std::all_of(name.begin(), name.end(), allowed)) return std::nullopt;
    names.emplace_back(name);
    text.remove_prefix(close + 1);
  }
  return names;
}

Result<std::string> fill_in(std::string_view text,
                            const std::function<std::optional<std::string>(std::string_view)>& value_of) {
  std::string out;
  for (;;) {
    const std::size_t open = text.find('{');
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) return out.append(text);
    const std::string_view name = text.substr(open + 1, close - open - 1);
    const auto value = value_of(name);
    if (!value) return Error{Remedy::refuse, "form.missing_value", std::string(name)};
    out.append(text.substr(0, open)).append(*value);
    text.remove_prefix(close + 1);
  }
}

}  // namespace bianmin::services

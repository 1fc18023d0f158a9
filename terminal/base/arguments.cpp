#include "terminal/base/arguments.hpp"

#include <algorithm>

namespace bianmin {

Result<Arguments> Arguments::parse(int argc, const char* const* argv, const std::vector<OptionSpec>& specs) {
  Arguments out;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--") {
      for (++i; i < argc; ++i) out.words_.emplace_back(argv[i]);
      break;
    }
    if (!word.starts_with("--")) {
      out.words_.emplace_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name(word.substr(2, equals == std::string_view::npos ? equals : equals - 2));
    const auto spec = std::find_if(specs.begin(), specs.end(), [&](const OptionSpec& s) { return s.name == name; });
    if (spec == specs.end() || (!spec->takes_value && equals != std::string_view::npos)) {
      return Error{Remedy::refuse, "usage.unknown_option", "--" + name + "; see --help"};
    }
    std::string value;
    if (spec->takes_value) {
      if (equals != std::string_view::npos) {
        value = word.substr(equals + 1);
      } else if (i + 1 < argc) {
        value = argv[++i];
      } else {
        return Error{Remedy::refuse, "usage.missing_value", "--" + name + " needs a value"};
      }
    }
    if (!out.options_.emplace(name, value).second) {
      return Error{Remedy::refuse, "usage.repeated_option", "--" + name};
    }
  }
  return out;
}

std::string Arguments::value(std::string_view name, std::string_view otherwise) const {
  const auto found = options_.find(std::string(name));
  return found == options_.end() ? std::string(otherwise) : found->second;
}

}  // namespace bianmin

// Command lines: `--name value`, `--name=value`, `--flag`, and words. Every program answers --help.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/base/result.hpp"

namespace bianmin {

struct OptionSpec {
  std::string_view name;      // without the dashes
  bool takes_value = false;
};

class Arguments {
 public:
  // Error "usage.unknown_option", "usage.missing_value", "usage.repeated_option". `--` ends the options.
  static Result<Arguments> parse(int argc, const char* const* argv, const std::vector<OptionSpec>& specs);

  bool has(std::string_view name) const { return options_.contains(std::string(name)); }
  std::string value(std::string_view name, std::string_view otherwise = {}) const;
  const std::vector<std::string>& words() const { return words_; }

 private:
  std::map<std::string, std::string> options_;
  std::vector<std::string> words_;
};

}  // namespace bianmin

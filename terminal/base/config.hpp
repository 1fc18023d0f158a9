// Settings of a process: lines of `key = value`, `#` starts a comment. Unknown keys are refused, so that a
// misspelt setting is found at start and not in the field.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "terminal/base/result.hpp"

namespace bianmin {

class Config {
 public:
  // Errors: those of read_file, "config.bad_line", "config.unknown_key", "config.repeated_key".
  static Result<Config> load(const std::filesystem::path& path, const std::set<std::string_view>& known_keys);
  static Result<Config> parse(std::string_view text, const std::set<std::string_view>& known_keys);

  std::string text(std::string_view key, std::string_view otherwise = {}) const;
  // Error "config.bad_number" when it is no whole number within [least, most].
  Result<std::int64_t> number(std::string_view key, std::int64_t otherwise, std::int64_t least,
                              std::int64_t most) const;
  bool has(std::string_view key) const { return values_.find(std::string(key)) != values_.end(); }

 private:
  std::map<std::string, std::string> values_;
};

// A whole decimal number and nothing else. Error "text.bad_number".
Result<std::int64_t> parse_number(std::string_view text, std::int64_t least, std::int64_t most);

}  // namespace bianmin

#include "terminal/base/config.hpp"

#include <charconv>

#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"

namespace bianmin {

constexpr std::size_t config_byte_max = 64 * 1024;

Result<Config> Config::load(const std::filesystem::path& path, const std::set<std::string_view>& known_keys) {
  const auto bytes = read_file(path, config_byte_max);
  if (!bytes) return bytes.error();
  return parse(text_of(*bytes), known_keys);
}

Result<Config> Config::parse(std::string_view text, const std::set<std::string_view>& known_keys) {
  Config out;
  int line_number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++line_number;
    const std::string where = "line " + std::to_string(line_number);
    line = trim(line);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return Error{Remedy::refuse, "config.bad_line", where + ": expected key = value"};
    }
    const std::string_view key = trim(line.substr(0, equals));
    if (!known_keys.contains(key)) {
      return Error{Remedy::refuse, "config.unknown_key", where + ": " + std::string(key)};
    }
    if (!out.values_.emplace(key, trim(line.substr(equals + 1))).second) {
      return Error{Remedy::refuse, "config.repeated_key", where + ": " + std::string(key)};
    }
  }
  return out;
}

std::string Config::text(std::string_view key, std::string_view otherwise) const {
  const auto found = values_.find(std::string(key));
  return found == values_.end() ? std::string(otherwise) : found->second;
}

Result<std::int64_t> Config::number(std::string_view key, std::int64_t otherwise, std::int64_t least,
                                    std::int64_t most) const {
  if (!has(key)) return otherwise;
  const auto value = parse_number(text(key), least, most);
  if (value) return *value;
  return Error{Remedy::refuse, "config.bad_number", std::string(key) + ": " + value.error().detail};
}

Result<std::int64_t> parse_number(std::string_view text, std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
    return Error{Remedy::refuse, "text.bad_number",
                 "expected a number from " + std::to_string(least) + " to " + std::to_string(most)};
  }
  return value;
}

}  // namespace bianmin

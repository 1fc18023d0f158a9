#include "ui/strings/strings.hpp"

#include <fmt/format.h>

#include "terminal/base/files.hpp"
#include "terminal/base/json.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::ui {

Result<Strings> Strings::load(const std::filesystem::path& path) {
  const Result<Bytes> bytes = read_file(path, file_byte_max);
  if (!bytes) return bytes.error();
  const Result<Json> json = parse_json({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  if (!json) return Error{json.error().remedy, json.error().code, path.string() + ": " + json.error().detail};
  if (!json->is_object()) return Error{Remedy::refuse, "strings.bad", path.string() + ": not an object"};
  Strings strings;
  for (const auto& [key, value] : json->items()) {
    if (!value.is_string())
      return Error{Remedy::refuse, "strings.bad", path.string() + ": " + key + " is no text"};
    strings.texts_.emplace(key, value.get<std::string>());
  }
  return strings;
}

std::string Strings::text(std::string_view key,
                          std::initializer_list<std::pair<std::string_view, std::string>> gaps) const {
  const auto found = texts_.find(key);
  if (found == texts_.end()) return std::string(key);
  std::string text = found->second;
  for (const auto& [name, value] : gaps)
    text = replace_all(std::move(text), fmt::format("{{{}}}", name), value);
  return text;
}

std::vector<std::string> Strings::keys() const {
  std::vector<std::string> keys;
  keys.reserve(texts_.size());
  for (const auto& [key, text] : texts_) keys.push_back(key);
  return keys;
}

}  // namespace bianmin::ui

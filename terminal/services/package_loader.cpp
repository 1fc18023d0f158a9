#include "terminal/services/package_loader.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "terminal/base/bytes.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/json.hpp"
#include "terminal/base/text.hpp"
#include "terminal/services/definition_reader.hpp"
#include "terminal/services/object_reader.hpp"
#include "terminal/services/package_check.hpp"

namespace bianmin::services {

namespace {

constexpr std::size_t language_count_max = 16;

Error broken(std::string_view code, std::string detail) { return {Remedy::refuse, code, std::move(detail)}; }

std::string strings_file(const std::string& language) { return "strings/" + language + ".json"; }

// A BCP 47 tag, by its letters only.
bool valid_language(std::string_view language) {
  return !language.empty() && language.size() <= 35 &&
         std::all_of(language.begin(), language.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
         });
}

bool valid_string(const std::string& text) {
  const auto points = decode_utf8(text);
  return points && !points->empty() && points->size() <= string_characters_max &&
         std::none_of(points->begin(), points->end(), [](char32_t c) { return c < 0x20 || c == 0x7F; });
}

Result<Strings> parse_strings(const std::string& language, std::string_view text) {
  const std::string file = strings_file(language);
  const auto json = parse_json(text);
  if (!json) return broken("package.bad_json", file + " /: " + json.error().detail);
  if (!json->is_object()) return broken("package.bad_value", file + " /: an object is expected");
  Strings strings;
  for (const auto& item : json->items()) {
    if (!valid_name(item.key())) return broken("package.bad_string", file + " /: a key is no name");
    if (!item.value().is_string() || !valid_string(item.value().get_ref<const std::string&>())) {
      return broken("package.bad_string", file + " /" + item.key() + ": a text of 1 to " +
                                              std::to_string(string_characters_max) +
                                              " characters is expected");
    }
    strings.emplace(item.key(), item.value().get_ref<const std::string&>());
  }
  return strings;
}

Result<std::string> read_text(const std::filesystem::path& folder, const std::string& file) {
  const auto bytes = read_file(folder / file, package_file_byte_max);
  if (bytes) return text_of(*bytes);
  const bool missing = bytes.error().code == "file.missing";
  return broken(missing ? "package.missing_file" : "package.unreadable",
                file + " /: " + std::string(bytes.error().code));
}

// The languages of a folder, sorted, so that the same folder always gives the same error.
Result<std::vector<std::string>> languages_of(const std::filesystem::path& folder) {
  std::vector<std::string> languages(required_languages.begin(), required_languages.end());
  std::error_code failed;
  std::filesystem::directory_iterator entry(folder / "strings", failed);
  for (; !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed)) {
    const auto& path = entry->path();
    const std::string language = path.stem().string();
    if (path.extension() != ".json") continue;
    if (std::find(languages.begin(), languages.end(), language) == languages.end())
      languages.push_back(language);
    if (languages.size() > language_count_max)
      return broken("package.bad_language", "strings/ /: too many languages");
  }
  if (failed && failed != std::errc::no_such_file_or_directory) {
    return broken("package.unreadable", "strings/ /: the folder cannot be read");
  }
  std::sort(languages.begin(), languages.end());
  return languages;
}

}  // namespace

Result<Package> parse_package(std::string_view definition,
                              const std::map<std::string, std::string>& strings) {
  const auto json = parse_json(definition);
  if (!json) return broken("package.bad_json", "service.json /: " + json.error().detail);
  Findings findings("service.json");
  Package package = read_definition(*json, findings);
  if (!findings.any()) check_parts(package, findings);
  if (findings.any()) return findings.result().error();

  for (const std::string_view language : required_languages) {
    const std::string name(language);
    if (strings.find(name) == strings.end()) {
      return broken("package.missing_file", strings_file(name) + " /: this language is required");
    }
  }
  for (const auto& [language, text] : strings) {
    if (!valid_language(language)) return broken("package.bad_language", "strings/ /: a name is no language");
    auto table = parse_strings(language, text);
    if (!table) return table.error();
    Findings in_strings(strings_file(language));
    check_strings(package, *table, in_strings);
    if (in_strings.any()) return in_strings.result().error();
    package.strings.emplace(language, std::move(table).value());
  }
  return package;
}

Result<Package> load_package(const std::filesystem::path& folder) {
  const auto definition = read_text(folder, "service.json");
  if (!definition) return definition.error();
  const auto languages = languages_of(folder);
  if (!languages) return languages.error();
  std::map<std::string, std::string> strings;
  for (const std::string& language : *languages) {
    auto text = read_text(folder, strings_file(language));
    if (!text) return text.error();
    strings.emplace(language, std::move(text).value());
  }
  return parse_package(*definition, strings);
}

}  // namespace bianmin::services

// All the words of one language.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "ui/strings/device_words.hpp"
#include "ui/strings/strings.hpp"

namespace bianmin::session {

struct Language {
  ui::Strings strings;
  ui::DeviceWords devices;
};

using Languages = std::map<std::string, Language>;  // "zh-Hans" and "en" at least

// From "<name>.json" and "devices.<name>.json" in `folder`. Errors: those of Strings and DeviceWords.
Result<Language> load_language(const std::filesystem::path& folder, const std::string& name);

}  // namespace bianmin::session

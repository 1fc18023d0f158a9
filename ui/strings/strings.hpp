// The words of the screen in one language.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "terminal/base/result.hpp"

namespace bianmin::ui {

// A value: copies are independent. The file is one JSON object of key to text; {name} in a text is a gap.
class Strings {
 public:
  static constexpr std::size_t file_byte_max = 262'144;

  // Errors: those of read_file and parse_json; "strings.bad" when it is no object of texts.
  static Result<Strings> load(const std::filesystem::path& path);

  // The text of `key`, its gaps filled. An unknown key is shown as it is: a page with a strange word is
  // better than no page, and a test holds every page against every language.
  std::string text(std::string_view key,
                   std::initializer_list<std::pair<std::string_view, std::string>> gaps = {}) const;
  bool has(std::string_view key) const { return texts_.find(key) != texts_.end(); }
  std::vector<std::string> keys() const;

 private:
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace bianmin::ui

// The small package of sample_texts.hpp, to be broken one place at a time; and a card.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "terminal/base/clock.hpp"
#include "terminal/base/json.hpp"
#include "terminal/services/package_loader.hpp"
#include "tests/catch.hpp"
#include "tests/services/sample_texts.hpp"

namespace bianmin::services {

using StringFiles = std::map<std::string, std::string>;

inline StringFiles sample_languages() {
  return {{"zh-Hans", std::string(sample_strings)}, {"en", std::string(sample_strings)}};
}

inline Package sample_package() {
  auto package = parse_package(sample_definition, sample_languages());
  if (!package) FAIL(package.error().text());
  return std::move(package).value();
}

// The sample with one place (a JSON pointer) set to another value, or taken out by "".
inline std::string changed(std::string_view text, const std::string& pointer, std::string_view value) {
  Json json = parse_json(text).value();
  const Json::json_pointer at(pointer);
  if (value.empty()) {
    Json& parent = json[at.parent_pointer()];
    if (parent.is_array()) {
      parent.erase(static_cast<std::size_t>(std::stoul(at.back())));
    } else {
      parent.erase(at.back());
    }
  } else {
    json[at] = parse_json(value).value();
  }
  return json_text(json);
}

inline constexpr Date sample_today{2026, 11, 22};

// The number is the published example of GB 11643.
inline std::map<std::string, std::string> sample_card() {
  return {{"name", "张某某"},          {"sex", "2"},
          {"ethnicity", "01"},         {"birth", "19491231"},
          {"address", "东河村 12 号"}, {"number", "11010519491231002X"},
          {"issuer", "某某公安局"},    {"valid_from", "20150101"},
          {"valid_to", "long-term"}};
}

}  // namespace bianmin::services

// A small package that uses every part of the format, to be broken one place at a time; and a card.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "terminal/base/clock.hpp"
#include "terminal/base/json.hpp"
#include "terminal/services/package_loader.hpp"
#include "tests/catch.hpp"

namespace bianmin::services {

inline constexpr std::string_view sample_definition = R"({
  "id": "sample", "version": 3, "order": 5, "flow": "record", "item_code": "002014001006",
  "icon": "home", "title": "title", "summary": "summary", "office": "office",
  "result_time": "soon", "review_note": "note",
  "needs": ["id-card-reader"], "wants": ["receipt-printer"],
  "fields": [
    {"id": "name", "source": "card.name", "label": "l", "mask": "name"},
    {"id": "place", "source": "asked", "kind": "choice", "label": "l", "question": "q", "prefill": "here",
     "options": [{"id": "here", "icon": "home", "label": "here", "detail": "addr", "review": "addr"},
                 {"id": "there", "icon": "plane", "label": "there"},
                 {"id": "nowhere", "icon": "x", "label": "there"}]},
    {"id": "street", "source": "asked", "kind": "text", "label": "l", "question": "q", "prefill": "card.address",
     "length_min": 2, "length_max": 6},
    {"id": "phone", "source": "asked", "kind": "digits", "label": "l", "question": "q", "hint": "h", "skip": "none",
     "length_min": 3, "length_max": 11, "starts_with": ["1", "086"], "mask": "phone"},
    {"id": "since", "source": "asked", "kind": "date", "label": "l", "question": "q", "not_after_today": true}
  ],
  "rules": [
    {"code": "sample.expired", "check": "card_valid", "tell": "t", "where": "w"},
    {"code": "sample.young", "check": "age_at_least", "years": 60, "tell": "t", "where": "w"},
    {"code": "sample.old", "check": "age_at_most", "years": 120, "tell": "t", "where": "w"},
    {"code": "sample.nowhere", "check": "answer_not_in", "field": "place", "values": ["nowhere"], "tell": "t", "where": "w"}
  ],
  "steps": [
    {"step": "card"},
    {"step": "question", "field": "place"},
    {"step": "question", "field": "street", "when": {"field": "place", "values": ["there"]}},
    {"step": "question", "field": "phone"},
    {"step": "question", "field": "since"},
    {"step": "review"}, {"step": "submit"}, {"step": "print"}, {"step": "rate"}
  ],
  "receipt": [
    {"line": "text", "text": "slip", "align": "center", "scale": 2, "bold": true},
    {"line": "rule"},
    {"line": "label", "label": "l", "value": "{case_no}"},
    {"line": "label", "label": "l", "value": "{service}"},
    {"line": "label", "label": "l", "value": "{result_time}"},
    {"line": "qr", "value": "{qr}"},
    {"line": "feed", "lines": 2}
  ]
})";

inline constexpr std::string_view sample_strings = R"({
  "title": "T", "summary": "S", "office": "O", "soon": "soon", "note": "N", "l": "L", "q": "Q", "h": "H",
  "here": "Here", "there": "There", "addr": "{card.address}", "none": "None", "t": "Tell", "w": "Where",
  "slip": "At {time}"
})";

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

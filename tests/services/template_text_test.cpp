#include "terminal/services/template_text.hpp"

#include "tests/catch.hpp"

using namespace bianmin::services;

TEST_CASE("placeholders are found, and broken braces refused") {
  CHECK(placeholders_of("none")->empty());
  CHECK(placeholders_of("")->empty());
  CHECK(*placeholders_of("办件号 {case_no}，{time}") == std::vector<std::string>{"case_no", "time"});
  for (const char* bad : {"{", "}", "{}", "a{b", "a}b", "{a{b}", "{a}}", "{A}", "{a b}", "{a1}"}) {
    INFO(bad);
    CHECK_FALSE(placeholders_of(bad).has_value());
  }
}

TEST_CASE("values are put in once and as they are") {
  const auto value_of = [](std::string_view name) -> std::optional<std::string> {
    if (name == "a") return "{b}";
    if (name == "b") return "";
    return std::nullopt;
  };
  CHECK(fill_in("x{a}y{b}z", value_of).value() == "x{b}yz");
  CHECK(fill_in("plain", value_of).value() == "plain");
  CHECK(fill_in("", value_of).value().empty());
  CHECK(fill_in("{c}", value_of).error().code == "form.missing_value");
  CHECK(fill_in("{c}", value_of).error().detail == "c");
  CHECK(fill_in("open {a", value_of).value() == "open {a");
}

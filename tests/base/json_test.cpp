#include "terminal/base/json.hpp"

#include "tests/catch.hpp"

using namespace bianmin;

TEST_CASE("JSON is read strictly") {
  CHECK(parse_json(R"({"a":[1,2,{"b":"便民"}]})").value()["a"][2]["b"] == "便民");
  for (const std::string_view bad : {std::string_view("[1]\0", 4), std::string_view("[1] x"), std::string_view("{\"a\":1,\"a\":2}"),
                                     std::string_view("{'a':1}"), std::string_view(""), std::string_view("[1e999]")}) {
    CHECK(parse_json(bad).error().code == "json.bad");
  }
}

TEST_CASE("deep JSON is refused before it can exhaust the stack") {
  CHECK(parse_json(std::string(100'000, '[')).error().detail == "too deep");
  CHECK(parse_json("[[[1]]]", 3).ok());
  CHECK_FALSE(parse_json("[[[[1]]]]", 3).ok());
  CHECK(parse_json(R"(["[[[[[[", "\"[["])", 3).ok());
}

TEST_CASE("JSON text never fails") {
  Json value;
  value["broken"] = "\xFF";
  CHECK(json_text(value) == "{\"broken\":\"\xEF\xBF\xBD\"}");
}

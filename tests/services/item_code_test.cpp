#include "terminal/services/item_code.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace bianmin::services;

TEST_CASE("credit codes have their check character") {
  CHECK(valid_credit_code("12441500196720244T"));  // a published one
  CHECK_FALSE(valid_credit_code("12441500196720244U"));
  CHECK_FALSE(valid_credit_code("12441500196720245T"));
  CHECK_FALSE(valid_credit_code("1244150019672024IT"));  // I is not in the alphabet
  CHECK_FALSE(valid_credit_code("12441500196720244"));
  CHECK_FALSE(valid_credit_code(""));
}

TEST_CASE("every single wrong character of a credit code is found") {
  const std::string good = "12441500196720244T";
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char c : std::string("0123456789ABCDEFGHJKLMNPQRTUWXY")) {
      std::string changed = good;
      changed[at] = c;
      CHECK(valid_credit_code(changed) == (changed == good));
    }
  }
}

TEST_CASE("item codes have the structure of their length") {
  CHECK(valid_item_code("12441500196720244T3442199806003"));  // a published one
  CHECK(valid_item_code("12441500196720244T344219980600301"));
  CHECK_FALSE(valid_item_code("12441500196720244T8442199806003"));  // level 8
  CHECK_FALSE(valid_item_code("12441500196720244U3442199806003"));
  CHECK(valid_item_code("002014001006"));
  CHECK(valid_item_code(std::string(36, '1')));
  CHECK_FALSE(valid_item_code(std::string(37, '1')));
  CHECK_FALSE(valid_item_code(""));
  CHECK_FALSE(valid_item_code("00201400100a"));
}

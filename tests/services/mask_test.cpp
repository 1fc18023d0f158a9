#include "terminal/services/mask.hpp"

#include "terminal/services/answers.hpp"
#include "tests/catch.hpp"

using namespace bianmin::services;

TEST_CASE("numbers, phones and names are masked") {
  CHECK(mask_number("11010519491231002X") == "1101 **** **** 002X");
  CHECK(mask_number("123456789012") == "1234 **** **** 9012");
  CHECK(mask_number("12345678901") == "****");
  CHECK(mask_number("") == "****");
  CHECK(mask_phone("13812345678") == "138 **** 5678");
  CHECK(mask_phone("12345") == "****");
  CHECK(mask_name("张三") == "张*");
  CHECK(mask_name("张某某") == "张**");
  CHECK(mask_name("阿卜杜拉·买买提") == "阿**");
  CHECK(mask_name("𠮷田") == "𠮷*");
  CHECK(mask_name("张") == "*");
  CHECK(mask_name("") == "*");
  CHECK(mask_name("\xFF\xFE") == "*");
}

TEST_CASE("a mask is applied by its kind") {
  CHECK(masked(Mask::none, "张三") == "张三");
  CHECK(masked(Mask::name, "张三") == "张*");
  CHECK(masked(Mask::number, "11010519491231002X") == "1101 **** **** 002X");
  CHECK(masked(Mask::phone, "13812345678") == "138 **** 5678");
}

TEST_CASE("answers are set, replaced and taken away") {
  Answers answers;
  CHECK(answers.empty());
  answers.set("a", "1");
  answers.set("a", "22");
  answers.set("b", "");
  CHECK(answers.get("a") == "22");
  CHECK(answers.get("b") == "");
  CHECK_FALSE(answers.get("c").has_value());
  answers.erase("a");
  answers.erase("a");
  CHECK_FALSE(answers.get("a").has_value());
  answers.clear();
  CHECK(answers.empty());
}

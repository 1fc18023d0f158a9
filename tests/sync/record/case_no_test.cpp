#include "sync/record/case_no.hpp"

#include <set>

#include "tests/sync/support.hpp"

namespace bianmin::record {

TEST_CASE("Damm's own example") { CHECK(damm_check_digit("572") == '4'); }

TEST_CASE("a case number holds its enrolment, its counter and a check digit") {
  const std::string number = test::must(make_case_no(42, 17));
  CHECK(number.substr(0, 13) == "0000042000017");
  CHECK(test::must(parse_case_no(number)) == number);
  CHECK(format_case_no(number).size() == 17);
  CHECK(test::must(parse_case_no(format_case_no(number))) == number);
  CHECK(test::must(parse_case_no(number.substr(0, 4) + "-" + number.substr(4))) == number);
}

TEST_CASE("no two enrolments and no two counters share a number, at the edges too") {
  std::set<std::string> seen;
  std::size_t made = 0;
  for (const std::uint32_t enrolment : {1U, 2U, 10U, 599'999U, 600'000U, enrolment_no_max}) {
    for (const std::uint32_t counter : {1U, 2U, 10U, 99'999U, case_counter_max}) {
      seen.insert(test::must(make_case_no(enrolment, counter)));
      ++made;
    }
  }
  CHECK(seen.size() == made);
  CHECK(test::code_of(make_case_no(enrolment_no_max + 1, 1)) == "case_no.exhausted");
  CHECK(test::code_of(make_case_no(1, case_counter_max + 1)) == "case_no.exhausted");
}

TEST_CASE("every wrong digit and every swap of neighbours is noticed") {
  const std::string number = test::must(make_case_no(7'210'338, 641'029));
  for (std::size_t at = 0; at < number.size(); ++at) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string wrong = number;
      wrong[at] = digit;
      CHECK(parse_case_no(wrong).ok() == (wrong == number));
    }
    if (at == 0) continue;
    std::string swapped = number;
    std::swap(swapped[at - 1], swapped[at]);
    CHECK(parse_case_no(swapped).ok() == (swapped == number));
  }
}

TEST_CASE("what is no case number says why") {
  CHECK(test::code_of(parse_case_no("")) == "case_no.bad_length");
  CHECK(test::code_of(parse_case_no("123")) == "case_no.bad_length");
  CHECK(test::code_of(parse_case_no("000000000000000")) == "case_no.bad_length");
  CHECK(test::code_of(parse_case_no("0000042000017a")) == "case_no.bad_character");
  CHECK(test::code_of(parse_case_no("00000000000001")) == "case_no.bad_check");
}

}  // namespace bianmin::record

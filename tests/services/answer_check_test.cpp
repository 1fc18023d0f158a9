#include "terminal/services/answer_check.hpp"

#include <vector>

#include "terminal/services/dates.hpp"
#include "tests/services/sample.hpp"

using namespace bianmin;
using namespace bianmin::services;

namespace {

struct Case {
  const char* field;
  std::string value;
  const char* code;  // "" is fine
};

void check_all(const Package& package, const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    INFO(c.field << ": " << c.value);
    const auto done = check_answer(*package.find_field(c.field), c.value, sample_today);
    CHECK((done.ok() ? std::string_view() : done.error().code) == c.code);
    if (!done.ok()) {
      CHECK(done.error().remedy == Remedy::ask_resident);
      CHECK(done.error().detail == std::string("field ") + c.field);
    }
  }
}

}  // namespace

TEST_CASE("an answer is checked by the kind of its question") {
  check_all(sample_package(), {
                                  {"place", "here", ""},
                                  {"place", "Here", "form.unknown_option"},
                                  {"place", "", "form.empty"},
                                  {"street", "西街", ""},
                                  {"street", "西", "form.too_short"},
                                  {"street", "一二三四五六", ""},
                                  {"street", "一二三四五六七", "form.too_long"},
                                  {"street", " \t", "form.bad_text"},
                                  {"street", "   ", "form.empty"},
                                  {"street", "a\nb", "form.bad_text"},
                                  {"street", "a\xC2\x85z", "form.bad_text"},
                                  {"street", "\xC3", "form.bad_text"},
                                  {"phone", "138", ""},
                                  {"phone", "08612", ""},
                                  {"phone", "238", "form.bad_start"},
                                  {"phone", "08", "form.too_short"},
                                  {"phone", "138123456789", "form.too_long"},
                                  {"phone", "13a", "form.not_digits"},
                                  {"phone", "１３８", "form.not_digits"},
                                  {"phone", "", "form.empty"},
                                  {"since", "20261122", ""},
                                  {"since", "20261123", "form.date_in_future"},
                                  {"since", "18991231", "form.bad_date"},
                                  {"since", "20250229", "form.bad_date"},
                                  {"since", "2025-1-1", "form.bad_date"},
                                  {"since", "202501011", "form.bad_date"},
                              });
}

TEST_CASE("a scanned code must be one of ours") {
  Field field;
  field.id = "slip";
  field.source = FieldSource::scan;
  field.prefix = "BM1:";
  field.length_min = 3;
  field.length_max = 5;
  for (const char* good : {"BM1:123", "BM1:1:2:3"}) CHECK(check_answer(field, good, sample_today).ok());
  const std::string with_nul("BM1:1\0002", 7);
  for (const std::string& bad :
       {std::string(), std::string("BM"), std::string("BM1:12"), std::string("BM1:123456"),
        std::string("bm1:123"), std::string("6901234567892"), std::string("BM1:12 3"), std::string("BM1:二"),
        std::string(4096, 'B'), with_nul}) {
    CHECK(check_answer(field, bad, sample_today).error().code == "form.not_our_code");
  }
}

TEST_CASE("days are read and ages counted") {
  CHECK(parse_compact_date("20240229").value() == Date{2024, 2, 29});
  for (const char* bad : {"", "2024022", "20241301", "20240230", "2024 229", "-2024022"}) {
    CHECK(parse_compact_date(bad).error().code == "form.bad_date");
  }
  CHECK(age_on({1966, 11, 22}, {2026, 11, 22}) == 60);
  CHECK(age_on({1966, 11, 23}, {2026, 11, 22}) == 59);
  CHECK(age_on({1964, 2, 29}, {2025, 2, 28}) == 60);
  CHECK(age_on({1964, 2, 29}, {2025, 3, 1}) == 61);
  CHECK(age_on({2030, 1, 1}, {2026, 1, 1}) == -4);
}

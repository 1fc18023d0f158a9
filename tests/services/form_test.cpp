#include "terminal/services/form.hpp"

#include "tests/services/sample.hpp"

using namespace bianmin;
using namespace bianmin::services;

namespace {

// A form of the sample that stands at the review.
void fill_to_review(Form& form) {
  REQUIRE(form.set_card(sample_card()).ok());
  REQUIRE(form.answer("phone", "13812345678").ok());
  REQUIRE(form.answer("since", "20200131").ok());
  for (int i = 0; i < 4; ++i) REQUIRE(form.next().ok());
  REQUIRE(form.current_step().kind == StepKind::review);
}

std::string row(const Form& form, std::string_view field) {
  for (const ReviewRow& r : form.review_rows("en")) {
    if (r.field == field) return r.value;
  }
  return "(no row)";
}

}  // namespace

TEST_CASE("a form goes through its steps and ends") {
  const Package package = sample_package();
  Form form(package, sample_today);
  CHECK(form.current_step().kind == StepKind::card);
  CHECK(form.current_field() == nullptr);
  CHECK(form.step_number() == 1);
  CHECK(form.step_count() == 6);  // card, three questions, review, submit
  CHECK_FALSE(form.back());
  CHECK(form.next().error().code == "form.no_card");
  fill_to_review(form);
  CHECK(form.step_number() == 5);
  REQUIRE(form.next().ok());
  CHECK(form.current_step().kind == StepKind::submit);
  CHECK_FALSE(form.submitted());
  CHECK(form.back());
  REQUIRE(form.next().ok());
  REQUIRE(form.next().ok());
  CHECK(form.submitted());
  CHECK(form.current_step().kind == StepKind::print);
  CHECK(form.step_number() == 6);
  REQUIRE(form.next().ok());
  CHECK(form.current_step().kind == StepKind::rate);
  CHECK_FALSE(form.finished());
  REQUIRE(form.next().ok());
  CHECK(form.finished());
  CHECK(form.next().error().code == "form.finished");
}

TEST_CASE("after submit nothing can be changed and there is no way back") {
  const Package package = sample_package();
  Form form(package, sample_today);
  fill_to_review(form);
  REQUIRE(form.next().ok());
  REQUIRE(form.next().ok());
  const auto before = form.record_fields();
  CHECK_FALSE(form.back());
  CHECK(form.set_card(sample_card()).error().code == "form.submitted");
  CHECK(form.answer("place", "there").error().code == "form.submitted");
  CHECK(form.skip("phone").error().code == "form.submitted");
  CHECK(form.change("place").error().code == "form.submitted");
  CHECK(form.record_fields() == before);
}

TEST_CASE("a question must be answered or left out on purpose") {
  const Package package = sample_package();
  Form form(package, sample_today);
  REQUIRE(form.set_card(sample_card()).ok());
  REQUIRE(form.next().ok());
  REQUIRE(form.next().ok());  // the place is prefilled
  REQUIRE(form.current_field()->id == "phone");
  CHECK(form.next().error().code == "form.unanswered");
  CHECK(form.answer("phone", "12x").error().code == "form.not_digits");
  CHECK_FALSE(form.answer_of("phone").has_value());
  CHECK(form.skip("since").error().code == "form.required");
  CHECK(form.skip("name").error().code == "form.not_asked");
  CHECK(form.skip("gone").error().code == "form.not_asked");
  CHECK(form.answer("name", "x").error().code == "form.not_asked");
  CHECK(form.answer("gone", "x").error().code == "form.not_asked");
  REQUIRE(form.skip("phone").ok());
  CHECK(form.question("en")->skipped);
  CHECK(row(form, "phone") == "None");
  REQUIRE(form.next().ok());
  CHECK(form.current_field()->id == "since");
}

TEST_CASE("a question that hangs on an answer is asked only then") {
  const Package package = sample_package();
  Form form(package, sample_today);
  auto card = sample_card();
  card["address"] = "东河";
  REQUIRE(form.set_card(card).ok());
  REQUIRE(form.next().ok());
  REQUIRE(form.answer("place", "there").ok());
  CHECK(form.step_count() == 7);
  REQUIRE(form.next().ok());
  CHECK(form.current_field()->id == "street");
  CHECK(form.question("en")->value == "东河");  // from the card
  CHECK(row(form, "street") == "东河");
  REQUIRE(form.back());
  REQUIRE(form.answer("place", "here").ok());
  REQUIRE(form.next().ok());
  CHECK(form.current_field()->id == "phone");
  CHECK(row(form, "street") == "(no row)");
  for (const auto& [key, value] : form.record_fields()) CHECK(key != "street");
  REQUIRE(form.back());
  CHECK(form.current_field()->id == "place");
}

TEST_CASE("an answer out of turn that makes an earlier question due leads back to it") {
  const Package package = sample_package();
  Form form(package, sample_today);
  fill_to_review(form);
  REQUIRE(form.answer("place", "there").ok());
  REQUIRE(form.next().ok());
  CHECK(form.current_field()->id == "street");
  CHECK(form.next().error().code == "form.unanswered");
  REQUIRE(form.answer("street", "西街").ok());
  for (int i = 0; i < 3; ++i) REQUIRE(form.next().ok());
  CHECK(form.current_step().kind == StepKind::review);
}

TEST_CASE("a rule over a question that is not asked any more says nothing") {
  std::string text =
      changed(sample_definition, "/fields/2",
              R"({"id": "street", "source": "asked", "kind": "choice", "label": "l", "question": "q",
                                 "options": [{"id": "a", "icon": "x", "label": "l"}, {"id": "b", "icon": "x", "label": "l"}]})");
  text = changed(changed(text, "/rules/3/field", "\"street\""), "/rules/3/values", "[\"a\"]");
  const auto package = parse_package(text, sample_languages());
  REQUIRE(package.ok());
  Form form(*package, sample_today);
  REQUIRE(form.set_card(sample_card()).ok());
  REQUIRE(form.answer("place", "there").ok());
  REQUIRE(form.answer("street", "a").ok());
  REQUIRE(form.check_rules() != nullptr);
  CHECK(form.check_rules()->code == "sample.nowhere");
  REQUIRE(form.answer("place", "here").ok());
  CHECK(form.check_rules() == nullptr);
}

TEST_CASE("a card's value that is no answer is not prefilled") {
  const Package package = sample_package();
  Form form(package, sample_today);
  REQUIRE(form.set_card(sample_card()).ok());  // its address has more than six characters
  CHECK_FALSE(form.answer_of("street").has_value());
}

TEST_CASE("changing an answer comes back to the review, by way of what is newly due") {
  const Package package = sample_package();
  Form form(package, sample_today);
  fill_to_review(form);
  SECTION("plainly") {
    REQUIRE(form.change("phone").ok());
    CHECK(form.current_field()->id == "phone");
    REQUIRE(form.skip("phone").ok());
    REQUIRE(form.next().ok());
    CHECK(form.current_step().kind == StepKind::review);
    CHECK(row(form, "phone") == "None");
  }
  SECTION("back keeps the old answer") {
    REQUIRE(form.change("phone").ok());
    REQUIRE(form.back());
    CHECK(form.current_step().kind == StepKind::review);
    CHECK(row(form, "phone") == "138 **** 5678");
  }
  SECTION("with a question newly due") {
    REQUIRE(form.change("place").ok());
    REQUIRE(form.answer("place", "there").ok());
    REQUIRE(form.next().ok());
    CHECK(form.current_field()->id == "street");
    CHECK(form.next().error().code == "form.unanswered");
    REQUIRE(form.answer("street", "西街").ok());
    REQUIRE(form.next().ok());
    CHECK(form.current_step().kind == StepKind::review);
  }
  SECTION("back from a question newly due never reaches the review with a gap") {
    REQUIRE(form.change("place").ok());
    REQUIRE(form.answer("place", "there").ok());
    REQUIRE(form.back());
    CHECK(form.current_step().kind == StepKind::card);
    for (int i = 0; i < 2; ++i) REQUIRE(form.next().ok());
    CHECK(form.next().error().code == "form.unanswered");
  }
  SECTION("what is not asked cannot be changed") {
    CHECK(form.change("name").error().code == "form.not_asked");
    CHECK(form.change("street").error().code == "form.not_asked");
    REQUIRE(form.back());
    CHECK(form.change("place").error().code == "form.not_asked");
  }
}

TEST_CASE("rules are told as soon as they can be") {
  const Package package = sample_package();
  Form form(package, sample_today);
  CHECK(form.check_rules() == nullptr);
  auto card = sample_card();
  card["valid_to"] = "20261121";
  REQUIRE(form.set_card(card).ok());
  REQUIRE(form.check_rules() != nullptr);
  CHECK(form.check_rules()->code == "sample.expired");
  CHECK(form.next().error().code == "form.not_eligible");
  CHECK(form.next().error().detail == "sample.expired");
  CHECK(form.current_step().kind == StepKind::card);
  REQUIRE(form.set_card(sample_card()).ok());
  REQUIRE(form.next().ok());
  REQUIRE(form.answer("place", "nowhere").ok());
  CHECK(form.check_rules()->code == "sample.nowhere");
  CHECK(form.next().error().code == "form.not_eligible");
  REQUIRE(form.answer("place", "here").ok());
  CHECK(form.next().ok());
}

TEST_CASE("another person's card takes all answers away") {
  const Package package = sample_package();
  Form form(package, sample_today);
  fill_to_review(form);
  REQUIRE(form.set_card(sample_card()).ok());  // the same person again: nothing is lost
  CHECK(form.current_step().kind == StepKind::review);
  CHECK(form.answer_of("phone") == "13812345678");
  auto other = sample_card();
  other["number"] = "440524188001010014";
  REQUIRE(form.set_card(other).ok());
  CHECK(form.current_step().kind == StepKind::card);
  CHECK_FALSE(form.answer_of("phone").has_value());
  CHECK_FALSE(form.answer_of("since").has_value());
  CHECK(form.answer_of("place") == "here");  // prefilled anew
}

TEST_CASE("a card that is not whole is refused and leaves the form as it was") {
  const Package package = sample_package();
  Form form(package, sample_today);
  const auto refuse = [&](const std::string& key, const std::string& value) {
    INFO(key);
    auto card = sample_card();
    card[key] = value;
    if (value == "(gone)") card.erase(key);
    const auto done = form.set_card(card);
    CHECK(done.error().code == "form.bad_card");
    CHECK(done.error().detail.find(value) == std::string::npos);
    CHECK_FALSE(form.has_card());
  };
  for (const char* key : {"name", "number", "birth", "valid_from", "valid_to"}) {
    refuse(key, "(gone)");
    refuse(key, "\xFF\xFE");
    refuse(key, std::string(513, '1'));
  }
  for (const char* key : {"birth", "valid_from", "valid_to"}) refuse(key, "20230229");
  refuse("valid_from", "long-term");
  refuse("salary", "100");
  CHECK(form.set_card(sample_card()).ok());
}

TEST_CASE("the question and the review speak the language asked for") {
  auto languages = sample_languages();
  languages["zh-Hans"] = changed(sample_strings, "/here", "\"这里\"");
  const auto package = parse_package(sample_definition, languages);
  Form form(package.value(), sample_today);
  REQUIRE(form.set_card(sample_card()).ok());
  CHECK_FALSE(form.question("en").has_value());  // a card step asks nothing
  REQUIRE(form.next().ok());
  const auto question = form.question("zh-Hans");
  REQUIRE(question.has_value());
  CHECK(question->title == "Q");
  CHECK(question->kind == FieldKind::choice);
  REQUIRE(question->options.size() == 3);
  CHECK(question->options[0].label == "这里");
  CHECK(question->options[0].detail == "东河村 12 号");
  CHECK(question->options[0].chosen);
  CHECK_FALSE(question->options[1].chosen);
  CHECK(question->options[1].detail.empty());
  CHECK(form.question("en")->options[0].label == "Here");
  CHECK(row(form, "name") == "张**");
  CHECK(row(form, "place") == "东河村 12 号");
}

TEST_CASE("without an address an option shows its name alone") {
  const Package package = sample_package();
  Form form(package, sample_today);
  auto card = sample_card();
  card.erase("address");
  REQUIRE(form.set_card(card).ok());
  REQUIRE(form.next().ok());
  CHECK(form.question("en")->options[0].detail.empty());
  CHECK(row(form, "place") == "Here");
}

TEST_CASE("the record has ids and whole values, in order, without what was skipped") {
  const Package package = sample_package();
  Form form(package, sample_today);
  fill_to_review(form);
  using Fields = std::vector<std::pair<std::string, std::string>>;
  CHECK(form.record_fields() ==
        Fields{{"name", "张某某"}, {"place", "here"}, {"phone", "13812345678"}, {"since", "20200131"}});
  REQUIRE(form.change("phone").ok());
  REQUIRE(form.skip("phone").ok());
  CHECK(form.record_fields() == Fields{{"name", "张某某"}, {"place", "here"}, {"since", "20200131"}});
}

TEST_CASE("the slip is filled in and has nothing of the person") {
  const Package package = sample_package();
  Form form(package, sample_today);
  fill_to_review(form);
  const auto lines =
      form.receipt_lines({{"case_no", "07213386{qr}"}, {"qr", "BM1:1:2"}, {"time", "9:42"}}, "en");
  REQUIRE(lines.ok());
  REQUIRE(lines->size() == 7);
  CHECK(std::get<ReceiptText>((*lines)[0]).text == "At 9:42");
  CHECK(std::get<ReceiptText>((*lines)[0]).align == ReceiptAlign::center);
  CHECK(std::holds_alternative<ReceiptRule>((*lines)[1]));
  CHECK(std::get<ReceiptLabel>((*lines)[2]).label == "L");
  CHECK(std::get<ReceiptLabel>((*lines)[2]).value == "07213386{qr}");  // values are not templates
  CHECK(std::get<ReceiptLabel>((*lines)[3]).value == "T");
  CHECK(std::get<ReceiptLabel>((*lines)[4]).value == "soon");
  CHECK(std::get<ReceiptQr>((*lines)[5]).text == "BM1:1:2");
  CHECK(std::get<ReceiptFeed>((*lines)[6]).lines == 2);
  const auto missing = form.receipt_lines({{"case_no", "1"}, {"time", "9:42"}}, "en");
  CHECK(missing.error().code == "form.missing_value");
  CHECK(missing.error().detail == "qr");
}

TEST_CASE("the sheet lists the values it names, masked as on the review page, without what was not asked") {
  const Package package = sample_package();
  Form form(package, sample_today);
  fill_to_review(form);
  const std::map<std::string, std::string> values = {
      {"case_no", "07213386{site}"}, {"site", "Willow Creek"}, {"terminal", "T1"}, {"time", "9:42"}};
  const auto sheet = form.sheet(values, "en");
  REQUIRE(sheet.ok());
  CHECK(sheet->title == "Sheet");
  CHECK(sheet->opening == "Willow Creek has T");
  CHECK(sheet->caption == "Scan");
  CHECK(sheet->closing == std::vector<std::string>{
                              "Result soon", "No 07213386{site} at T1, 9:42"});  // values are not templates
  REQUIRE(sheet->rows.size() == 2);  // the street is not asked for
  CHECK(sheet->rows[0].value == "东河村 12 号");
  CHECK(sheet->rows[1].label == "L");
  CHECK(sheet->rows[1].value == "138 **** 5678");
  REQUIRE(form.change("phone").ok());
  REQUIRE(form.skip("phone").ok());
  CHECK(form.sheet(values, "en")->rows[1].value == "None");
  const auto missing = form.sheet({{"site", "S"}}, "en");
  CHECK(missing.error().code == "form.missing_value");
}

TEST_CASE("a package without a sheet has none") {
  std::string strings(sample_strings);
  for (const char* key : {"/sheet", "/open", "/cap", "/next", "/n"}) strings = changed(strings, key, "");
  const auto package =
      parse_package(changed(sample_definition, "/sheet", ""), {{"zh-Hans", strings}, {"en", strings}});
  REQUIRE(package.ok());
  CHECK_FALSE(package->sheet);
  Form form(*package, sample_today);
  CHECK(form.sheet({}, "en").error().code == "form.no_sheet");
}

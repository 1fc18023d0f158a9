// Ways in, and signing by those who have a key.
#include "terminal/services/form.hpp"
#include "tests/services/sample.hpp"

using namespace bianmin;
using namespace bianmin::services;

namespace {

constexpr std::string_view both = R"(["resident", "electronic-id"])";
constexpr std::string_view eid_alone = R"(["electronic-id"])";
constexpr std::string_view both_readers = R"(["id-card-reader", "smart-card-reader", "receipt-printer"])";

// The sample, taking `cards`, with a step to sign. An electronic ID alone has no address to offer.
std::string signing_definition(std::string_view cards) {
  std::string text = changed(sample_definition, "/cards", cards);
  text = changed(text, "/needs", cards == both ? "[]" : R"(["smart-card-reader"])");
  if (cards == both) {
    text = changed(text, "/wants", both_readers);
  } else {
    for (const char* place :
         {"/fields/1/options/0/detail", "/fields/1/options/0/review", "/fields/2/prefill"})
      text = changed(text, place, "");
  }
  text = changed(text, "/steps/6", R"({"step": "sign"})");
  text = changed(text, "/steps/7", R"({"step": "submit"})");
  text = changed(text, "/steps/8", R"({"step": "print"})");
  return changed(text, "/steps/9", R"({"step": "rate"})");
}

StringFiles languages_of(const std::string& definition) {
  StringFiles languages = sample_languages();
  if (definition.find("\"addr\"") != std::string::npos) return languages;
  for (auto& [language, text] : languages) text = changed(text, "/addr", "");
  return languages;
}

Package package_of(const std::string& definition) {
  auto package = parse_package(definition, languages_of(definition));
  if (!package) FAIL(package.error().text());
  return std::move(package).value();
}

std::map<std::string, std::string> electronic_card() {
  return {{"kind", "electronic-id"}, {"name", "张某某"},        {"sex", "1"},
          {"birth", "19491231"},     {"number", "34912310011"}, {"valid_to", "20301231"}};
}

void answer_all(Form& form) {
  REQUIRE(form.next().ok());
  REQUIRE(form.next().ok());
  REQUIRE(form.skip("phone").ok());
  REQUIRE(form.next().ok());
  REQUIRE(form.answer("since", "20200101").ok());
  REQUIRE(form.next().ok());
  REQUIRE(form.current_step().kind == StepKind::review);
}

}  // namespace

TEST_CASE("a package says what a person may come with", "[signing]") {
  CHECK(sample_package().cards == std::vector<std::string>{"resident"});
  CHECK(sample_package().takes_id_cards());
  CHECK_FALSE(sample_package().takes_card(electronic_id));
  const Package package = package_of(signing_definition(both));
  CHECK(package.takes_card(electronic_id));
  CHECK(package.takes_card(default_card_kind));
  CHECK_FALSE(package_of(signing_definition(eid_alone)).takes_id_cards());
}

TEST_CASE("cards, readers and the step to sign have to agree", "[signing]") {
  struct Broken {
    std::string text;
    const char* code;
    const char* place;
  };
  const std::string good = signing_definition(both);
  for (const Broken& broken : std::vector<Broken>{
           {changed(good, "/cards", R"(["library-card"])"), "package.unknown_card", "/cards"},
           {changed(good, "/cards", R"(["resident", "resident"])"), "package.repeated_id", "/cards/1"},
           {changed(good, "/cards", ""), "package.bad_steps", "/steps/6"},
           {changed(good, "/cards", R"(["resident"])"), "package.bad_steps", "/steps/6"},
           {changed(signing_definition(eid_alone), "/needs", R"(["smart-card-reader", "id-card-reader"])"),
            "package.bad_steps", "/needs"},
           {changed(good, "/wants", R"(["receipt-printer", "id-card-reader"])"), "package.bad_steps",
            "/needs"},
           {changed(good, "/steps/5", R"({"step": "sign"})"), "package.bad_steps", "/steps/6"},
           {changed(good, "/steps/7", R"({"step": "sign"})"), "package.bad_steps", "/steps/7"},
           {changed(sample_definition, "/needs", R"(["id-card-reader", "smart-card-reader"])"),
            "package.bad_steps", "/needs"},
       }) {
    INFO(broken.text);
    const auto package = parse_package(broken.text, sample_languages());
    REQUIRE_FALSE(package.ok());
    INFO(package.error().detail);
    CHECK(package.error().code == broken.code);
    CHECK(package.error().detail.find(std::string("service.json ") + broken.place + ": ") == 0);
  }
}

TEST_CASE("a card that the service does not take is refused", "[signing]") {
  const Package package = sample_package();
  Form form(package, sample_today);
  CHECK(form.set_card(electronic_card()).error().code == "card.kind_not_served");
  auto library = sample_card();
  library["kind"] = "library-card";
  CHECK(form.set_card(library).error().code == "card.kind_not_served");
  CHECK_FALSE(form.has_card());
  const Package alone = package_of(signing_definition(eid_alone));
  Form other(alone, sample_today);
  CHECK(other.set_card(sample_card()).error().code == "card.kind_not_served");
  auto card = electronic_card();
  REQUIRE(other.set_card(card).ok());
  card.erase("valid_to");
  CHECK(other.set_card(card).error().code == "form.bad_card");
}

TEST_CASE("who came with an electronic ID has to sign before the record is submitted", "[signing]") {
  const Package package = package_of(signing_definition(both));
  Form form(package, sample_today);
  REQUIRE(form.set_card(electronic_card()).ok());
  answer_all(form);
  REQUIRE(form.next().ok());
  REQUIRE(form.current_step().kind == StepKind::sign);
  CHECK(form.next().error().code == "form.unsigned");
  form.set_signed();
  REQUIRE(form.next().ok());
  CHECK(form.current_step().kind == StepKind::submit);
  CHECK(form.next().ok());
  CHECK(form.submitted());
}

TEST_CASE("any change takes the signature back", "[signing]") {
  const Package package = package_of(signing_definition(both));
  Form form(package, sample_today);
  REQUIRE(form.set_card(electronic_card()).ok());
  answer_all(form);
  form.set_signed();  // not at the step: nothing happens
  REQUIRE(form.next().ok());
  CHECK(form.next().error().code == "form.unsigned");
  form.set_signed();
  REQUIRE(form.next().ok());
  SECTION("another answer") { REQUIRE(form.answer("since", "20210101").ok()); }
  SECTION("an answer left out") { REQUIRE(form.skip("phone").ok()); }
  SECTION("the card once more") { REQUIRE(form.set_card(electronic_card()).ok()); }
  CHECK(form.next().error().code == "form.unsigned");
  CHECK_FALSE(form.submitted());
  REQUIRE(form.back());
  CHECK(form.current_step().kind == StepKind::sign);
  CHECK(form.next().error().code == "form.unsigned");
  REQUIRE(form.back());
  CHECK(form.current_step().kind == StepKind::review);
}

TEST_CASE("who came with an ID card is not asked to sign", "[signing]") {
  const Package package = package_of(signing_definition(both));
  Form form(package, sample_today);
  CHECK(form.step_count() == 6);  // before the card is known nobody is promised to sign
  REQUIRE(form.set_card(sample_card()).ok());
  CHECK(form.step_count() == 6);
  answer_all(form);
  REQUIRE(form.next().ok());
  CHECK(form.current_step().kind == StepKind::submit);
  CHECK(form.next().ok());
}

TEST_CASE("the step to sign counts for those who sign", "[signing]") {
  const Package package = package_of(signing_definition(eid_alone));
  Form form(package, sample_today);
  CHECK(form.step_count() == 7);
  REQUIRE(form.set_card(electronic_card()).ok());
  CHECK(form.step_count() == 7);
}

// What a package may take and want of identity cards of several kinds.
#include "terminal/services/card_values.hpp"

#include "terminal/services/catalogue.hpp"
#include "terminal/services/form.hpp"
#include "tests/services/sample.hpp"

using namespace bianmin;
using namespace bianmin::services;

namespace {

constexpr std::string_view two_kinds = R"(["resident", "foreigner-2023"])";

std::map<std::string, std::string> foreigner() {
  return {{"kind", "foreigner-2023"},
          {"name", "阿里"},
          {"english_name", "ALI SARA"},
          {"nationality", "PAK"},
          {"sex", "2"},
          {"birth", "19500101"},
          {"number", "931586198001010028"},
          {"valid_from", "20240101"},
          {"valid_to", "20331231"}};
}

Result<Package> with(std::vector<std::pair<std::string, std::string>> changes) {
  std::string text(sample_definition);
  for (const auto& [pointer, value] : changes) text = changed(text, pointer, value);
  return parse_package(text, sample_languages());
}

}  // namespace

TEST_CASE("each kind of card has what it has") {
  CHECK(card_has("resident", "ethnicity") == CardHas::always);
  CHECK(card_has("foreigner-2017", "ethnicity") == CardHas::never);
  CHECK(card_has("foreigner-2023", "former_number") == CardHas::sometimes);
  CHECK(card_has("hong-kong-macao-taiwan", "permit_number") == CardHas::always);
  CHECK(card_has("library", "name") == CardHas::never);
  CHECK(card_has("resident", "salary") == CardHas::never);
  for (const auto kind : card_kinds) {
    CHECK((card_has(kind, "valid_from") == CardHas::always) == (kind != electronic_id));
    for (const auto key : {"kind", "name", "number", "birth", "valid_to"}) {
      CHECK(card_has(kind, key) == CardHas::always);
    }
  }
}

TEST_CASE("without a word about cards a package takes residents only") {
  const Package package = sample_package();
  CHECK(package.cards == std::vector<std::string>{"resident"});
  CHECK(package.reads.empty());
  CHECK_FALSE(package.records_photo);
  Form form(package, sample_today);
  CHECK(form.set_card(foreigner()).error().code == "card.kind_not_served");
  CHECK_FALSE(form.has_card());
  CHECK(form.set_card(sample_card()).ok());
}

TEST_CASE("a value that not all kinds have must be marked, or it is refused") {
  const auto relied = with({{"/cards", std::string(two_kinds)}, {"/fields/0/source", "\"card.address\""}});
  CHECK(relied.error().code == "package.bad_card_value");
  const auto marked = with({{"/cards", std::string(two_kinds)},
                            {"/fields/0/source", "\"card.address\""},
                            {"/fields/0/where_present", "true"}});
  REQUIRE(marked.ok());
  Form form(*marked, sample_today);
  REQUIRE(form.set_card(foreigner()).ok());
  for (const auto& row : form.review_rows("en")) CHECK(row.field != "name");
  for (const auto& [key, value] : form.record_fields()) CHECK(key != "name");
  Form resident(*marked, sample_today);
  REQUIRE(resident.set_card(sample_card()).ok());
  CHECK(resident.review_rows("en").front().field == "name");
}

TEST_CASE("the further address can be used when it is asked for") {
  CHECK(with({{"/fields/0/source", "\"card.further_address\""}, {"/fields/0/where_present", "true"}})
            .error()
            .code == "package.bad_card_value");
  const auto package = with({{"/reads", "[\"further-address\", \"fingerprints\"]"},
                             {"/photo", "\"record\""},
                             {"/fields/0/source", "\"card.further_address\""},
                             {"/fields/0/where_present", "true"}});
  REQUIRE(package.ok());
  CHECK(package->reads_from_card(read_further_address));
  CHECK(package->reads_from_card(read_fingerprints));
  CHECK(package->records_photo);
}

TEST_CASE("an option that needs something of the card is offered only with it") {
  const auto package =
      with({{"/cards", std::string(two_kinds)}, {"/fields/1/options/0/needs_card", "\"address\""}});
  REQUIRE(package.ok());
  Form form(*package, sample_today);
  REQUIRE(form.set_card(foreigner()).ok());
  REQUIRE(form.next().ok());
  const auto question = form.question("en");
  REQUIRE(question->options.size() == 2);
  CHECK(question->options.front().id == "there");
  for (const auto& option : question->options) CHECK_FALSE(option.chosen);
  CHECK(form.answer("place", "here").error().code == "form.unknown_option");
  CHECK(form.answer("place", "there").ok());

  Form resident(*package, sample_today);
  REQUIRE(resident.set_card(sample_card()).ok());
  REQUIRE(resident.next().ok());
  CHECK(resident.question("en")->options.size() == 3);
  CHECK(resident.answer_of("place") == "here");
}

TEST_CASE("wishes for a card need a card step") {
  const std::string progress = R"({
    "id": "p", "version": 1, "flow": "progress", "item_code": "X", "icon": "search", "title": "t", "summary": "t",
    "cards": ["resident"], "fields": [], "steps": []})";
  CHECK_FALSE(parse_package(progress, sample_languages()).ok());
}

TEST_CASE("the pension package serves every kind of card") {
  const Catalogue catalogue = load_catalogue("terminal/catalogue").value();
  const Package& package = *catalogue.find("pension-confirmation");
  for (const auto kind : card_kinds) CHECK(package.takes_card(kind));
  Form form(package, sample_today);
  REQUIRE(form.set_card(foreigner()).ok());
  CHECK(form.check_rules() == nullptr);
  REQUIRE(form.next().ok());
  CHECK(form.question("zh-Hans")->options.front().id == "family");  // there is no address on the card
}

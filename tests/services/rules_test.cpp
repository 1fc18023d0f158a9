#include "terminal/services/rules.hpp"

#include "tests/services/sample.hpp"

using namespace bianmin;
using namespace bianmin::services;

namespace {

Answers card_with(const std::string& key, const std::string& value) {
  auto values = sample_card();
  values[key] = value;
  Answers card;
  for (const auto& [k, v] : values) card.set(k, v);
  return card;
}

Rule rule_of(RuleCheck check, int years = 0) {
  Rule rule;
  rule.check = check;
  rule.years = years;
  return rule;
}

}  // namespace

TEST_CASE("a card counts from its first day to its last") {
  const Rule rule = rule_of(RuleCheck::card_valid);
  const auto holds = [&](const std::string& key, const std::string& value) {
    return rule_holds(rule, card_with(key, value), {}, sample_today);
  };
  CHECK(holds("valid_to", "long-term"));
  CHECK(holds("valid_to", "20261122"));
  CHECK_FALSE(holds("valid_to", "20261121"));
  CHECK_FALSE(holds("valid_to", "soon"));
  CHECK(holds("valid_from", "20261122"));
  CHECK_FALSE(holds("valid_from", "20261123"));
}

TEST_CASE("ages are counted on the day") {
  const auto holds = [](RuleCheck check, const std::string& birth) {
    return rule_holds(rule_of(check, 60), card_with("birth", birth), {}, sample_today);
  };
  CHECK(holds(RuleCheck::age_at_least, "19661122"));
  CHECK_FALSE(holds(RuleCheck::age_at_least, "19661123"));
  CHECK(holds(RuleCheck::age_at_most, "19651123"));
  CHECK_FALSE(holds(RuleCheck::age_at_most, "19651122"));
  CHECK_FALSE(holds(RuleCheck::age_at_least, "unknown"));
}

TEST_CASE("answers are within or without") {
  Rule rule = rule_of(RuleCheck::answer_in);
  rule.field = "place";
  rule.values = {"a", "b"};
  Answers answers;
  CHECK(rule_holds(rule, {}, answers, sample_today));  // not answered yet
  answers.set("place", "b");
  CHECK(rule_holds(rule, {}, answers, sample_today));
  answers.set("place", "c");
  CHECK_FALSE(rule_holds(rule, {}, answers, sample_today));
  rule.check = RuleCheck::answer_not_in;
  CHECK(rule_holds(rule, {}, answers, sample_today));
  answers.set("place", "a");
  CHECK_FALSE(rule_holds(rule, {}, answers, sample_today));
}

TEST_CASE("without a card the rules over it say nothing") {
  CHECK(rule_holds(rule_of(RuleCheck::card_valid), {}, {}, sample_today));
  CHECK(rule_holds(rule_of(RuleCheck::age_at_least, 60), {}, {}, sample_today));
}

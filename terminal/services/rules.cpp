#include "terminal/services/rules.hpp"

#include <algorithm>

#include "terminal/services/dates.hpp"

namespace bianmin::services {

namespace {

bool card_valid(const Answers& card, const Date& today) {
  const auto from = parse_compact_date(card.get("valid_from").value_or(""));
  if (from && today < *from) return false;
  const auto to_text = card.get("valid_to").value_or("");
  if (to_text == "long-term") return true;
  const auto to = parse_compact_date(to_text);
  return to && today <= *to;  // the last day counts
}

bool answer_within(const Rule& rule, std::string_view answer) {
  return std::find(rule.values.begin(), rule.values.end(), answer) != rule.values.end();
}

}  // namespace

bool rule_holds(const Rule& rule, const Answers& card, const Answers& answers, const Date& today) {
  if (rule.check == RuleCheck::answer_in || rule.check == RuleCheck::answer_not_in) {
    const auto answer = answers.get(rule.field);
    return !answer || answer_within(rule, *answer) == (rule.check == RuleCheck::answer_in);
  }
  if (card.empty()) return true;
  if (rule.check == RuleCheck::card_valid) return card_valid(card, today);
  const auto birth = parse_compact_date(card.get("birth").value_or(""));
  if (!birth) return false;
  const int age = age_on(*birth, today);
  return rule.check == RuleCheck::age_at_least ? age >= rule.years : age <= rule.years;
}

}  // namespace bianmin::services

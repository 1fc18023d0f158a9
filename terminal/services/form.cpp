#include "terminal/services/form.hpp"

#include <algorithm>
#include <utility>

#include "terminal/base/text.hpp"
#include "terminal/services/answer_check.hpp"
#include "terminal/services/dates.hpp"
#include "terminal/services/rules.hpp"

namespace bianmin::services {

namespace {

constexpr std::size_t card_value_byte_max = 512;

Error submitted_error() { return {Remedy::refuse, "form.submitted", "the record is stored already"}; }

Error bad_card(std::string_view key) {
  return {Remedy::ask_resident, "form.bad_card", "value " + std::string(key)};
}

bool numbered(const Step& step) {
  return step.kind != StepKind::print && step.kind != StepKind::rate && step.kind != StepKind::ask;
}

Result<void> check_card(const std::map<std::string, std::string>& card, std::string_view kind) {
  for (const auto& [key, value] : card) {
    if (std::find(card_keys.begin(), card_keys.end(), key) == card_keys.end()) return bad_card("unknown");
    if (value.size() > card_value_byte_max || !valid_utf8(value)) return bad_card(key);
  }
  for (const std::string key : {"name", "number", "birth", "valid_from", "valid_to"}) {
    const auto found = card.find(key);
    if (found == card.end() && key == "valid_from" && kind == electronic_id) continue;
    if (found == card.end() || found->second.empty()) return bad_card(key);
    if (key == "name" || key == "number" || (key == "valid_to" && found->second == "long-term")) continue;
    if (!parse_compact_date(found->second)) return bad_card(key);
  }
  return {};
}

}  // namespace

Form::Form(const Package& package, const Date& today) : package_(package), today_(today) { prefill(); }

const Field* Form::current_field() const {
  const std::string& field = current_step().field;
  return field.empty() ? nullptr : package_.find_field(field);
}

int Form::step_count() const {
  const auto counts = [this](const Step& s) { return numbered(s) && active(s); };
  return static_cast<int>(std::count_if(package_.steps.begin(), package_.steps.end(), counts));
}

int Form::step_number() const {
  const auto end = package_.steps.begin() + static_cast<std::ptrdiff_t>(step_ + 1);
  const auto counts = [this](const Step& s) { return numbered(s) && active(s); };
  return static_cast<int>(std::count_if(package_.steps.begin(), end, counts));
}

Result<void> Form::set_card(const std::map<std::string, std::string>& card) {
  if (submitted_) return submitted_error();
  const auto found_kind = card.find("kind");
  const std::string_view kind =
      found_kind == card.end() ? default_card_kind : std::string_view(found_kind->second);
  if (auto checked = check_card(card, kind); !checked) return checked;
  if (!package_.takes_card(kind)) {
    return Error{Remedy::ask_resident, "card.kind_not_served", "another kind of card"};
  }
  signed_ = false;
  by_electronic_id_ = kind == electronic_id;
  const auto before = card_.get("number");
  if (before && *before != card.at("number")) {
    answers_.clear();
    changing_ = false;
    step_ = std::min(step_, index_of(StepKind::card));
  }
  card_.clear();
  for (const auto& [key, value] : card) card_.set(key, value);
  prefill();
  return {};
}

// Only what is an answer by itself: an address too long for its question is asked for, not cut.
void Form::prefill() {
  for (const Field& field : package_.fields) {
    if (field.source != FieldSource::asked || field.prefill.empty() || answers_.get(field.id)) continue;
    const bool from_card = field.kind != FieldKind::choice;
    constexpr std::string_view card = "card.";
    const auto value = from_card ? card_.get(std::string_view(field.prefill).substr(card.size()))
                                 : std::optional<std::string_view>(field.prefill);
    const Option* option = value && field.kind == FieldKind::choice ? field.find_option(*value) : nullptr;
    if (option != nullptr && !offered(*option)) continue;
    if (value && check_answer(field, *value, today_)) answers_.set(field.id, *value);
  }
}

Result<void> Form::answer(std::string_view id, std::string_view value) {
  if (submitted_) return submitted_error();
  const Field* field = package_.find_field(id);
  if (field == nullptr || field->source == FieldSource::card) {
    return Error{Remedy::refuse, "form.not_asked", "no such question"};
  }
  if (auto checked = check_answer(*field, value, today_); !checked) return checked;
  const Option* option = field->find_option(value);
  if (option != nullptr && !offered(*option)) {
    return Error{Remedy::refuse, "form.unknown_option", "not offered with this card"};
  }
  signed_ = false;
  answers_.set(id, value);
  return {};
}

bool Form::offered(const Option& option) const {
  return option.needs_card.empty() || !card_.get(option.needs_card).value_or("").empty();
}

Result<void> Form::skip(std::string_view id) {
  if (submitted_) return submitted_error();
  const Field* field = package_.find_field(id);
  if (field == nullptr || field->source != FieldSource::asked) {
    return Error{Remedy::refuse, "form.not_asked", "no such question"};
  }
  if (!field->optional()) return Error{Remedy::ask_resident, "form.required", "field " + field->id};
  signed_ = false;
  answers_.set(id, "");
  return {};
}

std::optional<std::string_view> Form::answer_of(std::string_view id) const { return answers_.get(id); }

const Rule* Form::check_rules() const {
  const auto broken = std::find_if(package_.rules.begin(), package_.rules.end(), [this](const Rule& rule) {
    const Field* field = rule.field.empty() ? nullptr : package_.find_field(rule.field);
    if (field != nullptr && !asked_now(*field)) return false;
    return !rule_holds(rule, card_, answers_, today_);
  });
  return broken == package_.rules.end() ? nullptr : &*broken;
}

void Form::set_signed() { signed_ = current_step().kind == StepKind::sign; }

// Who came with another card has no key to sign with. Before the card is known: who cannot but sign.
bool Form::has_to_sign() const {
  return index_of(StepKind::sign) < package_.steps.size() &&
         (has_card() ? by_electronic_id_ : !package_.takes_id_cards());
}

// Conditions only look back, at questions that may hang on a condition themselves.
bool Form::active(const Step& step) const {
  if (step.kind == StepKind::sign) return has_to_sign();
  if (!step.when) return true;
  const Field* decides = package_.find_field(step.when->field);
  const auto value = answers_.get(step.when->field);
  const auto& values = step.when->values;
  return decides != nullptr && asked_now(*decides) && value &&
         std::find(values.begin(), values.end(), *value) != values.end();
}

bool Form::asked_now(const Field& field) const {
  return std::any_of(package_.steps.begin(), package_.steps.end(),
                     [&](const Step& step) { return step.field == field.id && active(step); });
}

bool Form::settled(const Step& step) const {
  if (!active(step)) return true;
  if (step.kind == StepKind::card) return has_card();
  return step.field.empty() || answers_.get(step.field).has_value();
}

Result<void> Form::may_leave() const {
  const Step& step = current_step();
  if (step.kind == StepKind::card && !has_card())
    return Error{Remedy::ask_resident, "form.no_card", "no card yet"};
  if (!settled(step)) return Error{Remedy::ask_resident, "form.unanswered", "field " + step.field};
  if (submitted_) return {};
  const bool signs = step.kind == StepKind::sign || step.kind == StepKind::submit;
  if (signs && has_to_sign() && !signed_)
    return Error{Remedy::ask_resident, "form.unsigned", "not signed yet"};
  if (const Rule* rule = check_rules()) return Error{Remedy::ask_resident, "form.not_eligible", rule->code};
  return {};
}

std::size_t Form::first_open() const {
  const auto open = std::find_if(package_.steps.begin(), package_.steps.end(),
                                 [this](const Step& s) { return !settled(s); });
  return static_cast<std::size_t>(open - package_.steps.begin());
}

std::size_t Form::index_of(StepKind kind) const {
  const auto found = std::find_if(package_.steps.begin(), package_.steps.end(),
                                  [&](const Step& s) { return s.kind == kind; });
  return static_cast<std::size_t>(found - package_.steps.begin());
}

Result<void> Form::next() {
  if (finished_) return Error{Remedy::refuse, "form.finished", "there is no further step"};
  if (auto leave = may_leave(); !leave) return leave;
  // An answer given out of turn may have made an earlier question due.
  const std::size_t open = first_open();
  if (open < step_ || (changing_ && open < package_.steps.size())) {
    step_ = open;
    return {};
  }
  if (changing_) {
    changing_ = false;
    step_ = index_of(StepKind::review);
    return {};
  }
  if (current_step().kind == StepKind::submit) submitted_ = true;
  std::size_t to = step_ + 1;
  while (to < package_.steps.size() && !active(package_.steps[to])) ++to;
  finished_ = to == package_.steps.size();
  if (!finished_) step_ = to;
  return {};
}

bool Form::back() {
  if (submitted_ || finished_ || step_ == 0) return false;
  signed_ = false;
  if (std::exchange(changing_, false) && first_open() == package_.steps.size()) {
    step_ = index_of(StepKind::review);
    return true;
  }
  std::size_t to = step_ - 1;
  while (to > 0 && !active(package_.steps[to])) --to;
  step_ = to;
  return true;
}

Result<void> Form::change(std::string_view field) {
  if (submitted_) return submitted_error();
  const auto found = std::find_if(package_.steps.begin(), package_.steps.end(), [&](const Step& s) {
    return s.kind == StepKind::question && s.field == field && active(s);
  });
  if (found == package_.steps.end() || current_step().kind != StepKind::review) {
    return Error{Remedy::refuse, "form.not_asked", "not a question that can be changed now"};
  }
  step_ = static_cast<std::size_t>(found - package_.steps.begin());
  changing_ = true;
  return {};
}

}  // namespace bianmin::services

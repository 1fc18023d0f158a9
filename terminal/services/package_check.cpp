#include "terminal/services/package_check.hpp"

#include <algorithm>
#include <set>

#include "terminal/services/template_text.hpp"

namespace bianmin::services {

namespace {

std::string place(std::string_view list, std::size_t index, std::string_view key = {}) {
  std::string out = "/" + std::string(list) + "/" + std::to_string(index);
  if (!key.empty()) out.append("/").append(key);
  return out;
}

template <typename List, typename Value>
bool holds(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

std::size_t count_steps(const Package& package, StepKind kind, std::string_view field = {}) {
  const auto same = [&](const Step& s) { return s.kind == kind && (field.empty() || s.field == field); };
  return static_cast<std::size_t>(std::count_if(package.steps.begin(), package.steps.end(), same));
}

// `values` are options of a choice that is asked.
void check_choice(const Package& package, std::string_view id, const std::vector<std::string>& values,
                  const std::string& at, Findings& findings) {
  const Field* field = package.find_field(id);
  if (field == nullptr) return findings.add("package.unknown_field", at, "no field has this id");
  if (field->source != FieldSource::asked || field->kind != FieldKind::choice) {
    return findings.add("package.bad_field", at, "the field must be a choice");
  }
  for (const std::string& value : values) {
    if (field->find_option(value) == nullptr)
      findings.add("package.bad_field", at, "the choice has no such option");
  }
}

// Of the kinds of cards that the package takes: what all of them have, or what at least one may have.
bool all_cards_have(const Package& package, std::string_view key) {
  return std::all_of(package.cards.begin(), package.cards.end(),
                     [key](const std::string& kind) { return card_has(kind, key) == CardHas::always; });
}
bool a_card_may_have(const Package& package, std::string_view key) {
  if (key == "further_address" && !package.reads_from_card(read_further_address)) return false;
  return std::any_of(package.cards.begin(), package.cards.end(),
                     [key](const std::string& kind) { return card_has(kind, key) != CardHas::never; });
}

// A package can rely only on what its kinds of cards have.
void check_card_values(const Package& package, const Field& field, std::size_t index, Findings& findings) {
  if (count_steps(package, StepKind::card) == 0) return;  // said elsewhere
  constexpr std::string_view missing = "none of its cards has this value, or nothing reads it";
  if (field.source == FieldSource::card) {
    const std::string at = place("fields", index, "source");
    if (!a_card_may_have(package, field.card_key)) return findings.add("package.bad_card_value", at, missing);
    if (!field.where_present && !all_cards_have(package, field.card_key)) {
      findings.add("package.bad_card_value", at,
                   "not all of its cards have this value: where_present is needed");
    }
  }
  for (const Option& option : field.options) {
    if (!option.needs_card.empty() && !a_card_may_have(package, option.needs_card)) {
      findings.add("package.bad_card_value", place("fields", index, "options"), missing);
    }
  }
}

void check_card_wishes(const Package& package, Findings& findings) {
  if (count_steps(package, StepKind::card) > 0) return;
  const bool default_kind = package.cards.size() == 1 && package.cards.front() == default_card_kind;
  if (!package.cards.empty() && !default_kind)
    findings.add("package.bad_steps", "/cards", "it needs a card step");
  if (!package.reads.empty()) findings.add("package.bad_steps", "/reads", "it needs a card step");
  if (package.records_photo) findings.add("package.bad_steps", "/photo", "it needs a card step");
}

void check_prefill(const Package& package, const Field& field, const std::string& at, Findings& findings) {
  if (field.prefill.empty()) return;
  if (field.kind == FieldKind::choice) {
    if (field.find_option(field.prefill) == nullptr) findings.add("package.bad_field", at, "no such option");
    return;
  }
  constexpr std::string_view card = "card.";
  const bool known = field.prefill.compare(0, card.size(), card) == 0 &&
                     a_card_may_have(package, std::string_view(field.prefill).substr(card.size()));
  if (!known) findings.add("package.bad_field", at, "card.<value> is expected");
}

void check_fields(const Package& package, Findings& findings) {
  std::set<std::string_view> ids;
  for (std::size_t i = 0; i < package.fields.size(); ++i) {
    const bool first = ids.insert(package.fields[i].id).second;
    if (!first) findings.add("package.repeated_id", place("fields", i, "id"), "used twice");
  }
  for (std::size_t i = 0; i < package.fields.size(); ++i) {
    const Field& field = package.fields[i];
    check_prefill(package, field, place("fields", i, "prefill"), findings);
    check_card_values(package, field, i, findings);
    if (field.id.starts_with("card.")) {
      findings.add("package.bad_id", place("fields", i, "id"), "names that begin with card. are taken");
    }
    const std::size_t asked = count_steps(package, StepKind::question, field.id);
    const std::size_t scanned = count_steps(package, StepKind::scan, field.id);
    if (asked != (field.source == FieldSource::asked ? 1u : 0u) ||
        scanned != (field.source == FieldSource::scan ? 1u : 0u)) {
      findings.add("package.bad_steps", place("fields", i), "exactly one step must ask for it, or scan it");
    }
    const bool from_card = field.source == FieldSource::card || field.prefill.find("card.") == 0;
    if (from_card && count_steps(package, StepKind::card) == 0) {
      findings.add("package.bad_steps", place("fields", i), "it needs a card step");
    }
  }
}

void check_rules(const Package& package, Findings& findings) {
  std::set<std::string_view> codes;
  for (std::size_t i = 0; i < package.rules.size(); ++i) {
    const Rule& rule = package.rules[i];
    if (!codes.insert(rule.code).second)
      findings.add("package.repeated_id", place("rules", i, "code"), "used twice");
    if (!rule.field.empty()) {
      check_choice(package, rule.field, rule.values, place("rules", i, "field"), findings);
    } else if (count_steps(package, StepKind::card) == 0) {
      findings.add("package.bad_rule", place("rules", i), "it needs a card step");
    }
  }
}

// A step that asks by a condition must come after the question that decides it.
void check_conditions(const Package& package, Findings& findings) {
  for (std::size_t i = 0; i < package.steps.size(); ++i) {
    const Step& step = package.steps[i];
    if (!step.when) continue;
    const std::string at = place("steps", i, "when");
    check_choice(package, step.when->field, step.when->values, at, findings);
    const auto here = package.steps.begin() + static_cast<std::ptrdiff_t>(i);
    const bool asked_before = std::any_of(package.steps.begin(), here, [&](const Step& earlier) {
      return earlier.kind == StepKind::question && earlier.field == step.when->field;
    });
    if (!asked_before) findings.add("package.bad_steps", at, "the question it depends on comes later");
  }
}

// card? question* review sign? submit print? rate?   or   scan ask result
void check_order(const Package& package, Findings& findings) {
  const std::vector<StepKind> order =
      package.flow == Flow::record
          ? std::vector{StepKind::card,   StepKind::question, StepKind::review, StepKind::sign,
                        StepKind::submit, StepKind::print,    StepKind::rate}
          : std::vector{StepKind::scan, StepKind::ask, StepKind::result};
  std::size_t reached = 0;
  for (std::size_t i = 0; i < package.steps.size(); ++i) {
    const auto found = std::find(order.begin(), order.end(), package.steps[i].kind);
    const auto rank = static_cast<std::size_t>(found - order.begin());
    const bool again = i > 0 && rank == reached && package.steps[i].kind != StepKind::question;
    if (found == order.end() || rank < reached || again) {
      findings.add("package.bad_steps", place("steps", i), "this step may not stand here");
      return;
    }
    reached = rank;
  }
  const auto required =
      package.flow == Flow::record ? std::vector{StepKind::review, StepKind::submit} : order;
  for (const StepKind kind : required) {
    if (count_steps(package, kind) == 0)
      findings.add("package.bad_steps", "/steps", "a step of the flow is missing");
  }
}

// Nothing else has a key to sign with.
void check_signing(const Package& package, Findings& findings) {
  for (std::size_t i = 0; i < package.steps.size(); ++i) {
    if (package.steps[i].kind == StepKind::sign && !package.takes_card(electronic_id))
      findings.add("package.bad_steps", place("steps", i), "only an electronic-id among the cards can sign");
  }
}

void check_devices(const Package& package, Findings& findings) {
  const auto agree = [&](std::string_view device, bool used) {
    const bool in_needs = holds(package.needs, device);
    const bool in_wants = holds(package.wants, device);
    if (in_needs && in_wants)
      findings.add("package.repeated_id", "/wants", "a device is needed as well as wanted");
    if ((in_needs || in_wants) != used) {
      findings.add("package.bad_steps", "/needs",
                   "the steps and the devices do not agree: " + std::string(device));
    }
  };
  const bool has_card = count_steps(package, StepKind::card) > 0;
  agree("id-card-reader", has_card && package.takes_id_cards());
  agree("smart-card-reader", has_card && package.takes_card(electronic_id));
  agree("code-scanner", count_steps(package, StepKind::scan) > 0);
  agree("receipt-printer", count_steps(package, StepKind::print) > 0);
  if (package.receipt.empty() != (count_steps(package, StepKind::print) == 0)) {
    findings.add("package.bad_receipt", "/receipt", "a print step and a receipt go together");
  }
}

void check_results(const Package& package, Findings& findings) {
  std::set<std::string_view> states;
  for (std::size_t i = 0; i < package.results.size(); ++i) {
    const std::string& state = package.results[i].state;
    if (!holds(progress_states, state) || !states.insert(state).second) {
      findings.add("package.bad_results", place("results", i, "state"), "an unknown state, or one twice");
    }
  }
  if (package.flow == Flow::progress && states.size() != progress_states.size()) {
    findings.add("package.bad_results", "/results", "every state needs a result");
  }
}

// Which strings a package names, and what each may hold in braces.
using Uses = std::map<std::string, std::set<std::string, std::less<>>, std::less<>>;

void use(Uses& uses, const std::string& key) {
  if (!key.empty()) uses[key];
}

void use_receipt_text(Uses& uses, const std::string& text) {
  if (text.find_first_of("{}") != std::string::npos) return;  // a placeholder, not a key
  for (const std::string_view name : receipt_placeholders) uses[text].emplace(name);
}

void use_receipt(Uses& uses, const ReceiptLine& line) {
  if (const auto* text = std::get_if<ReceiptText>(&line)) use_receipt_text(uses, text->text);
  if (const auto* label = std::get_if<ReceiptLabel>(&line)) {
    use(uses, label->label);
    use_receipt_text(uses, label->value);
  }
  if (const auto* qr = std::get_if<ReceiptQr>(&line)) use_receipt_text(uses, qr->text);
}

void use_card_text(Uses& uses, const std::string& key, const Package& package) {
  if (key.empty()) return;
  auto& allowed = uses[key];
  if (count_steps(package, StepKind::card) == 0) return;
  for (const std::string_view name : card_keys) {
    if (a_card_may_have(package, name)) allowed.insert("card." + std::string(name));
  }
}

Uses uses_of(const Package& package) {
  Uses uses;
  for (const std::string& key :
       {package.title, package.summary, package.office, package.review_note, package.result_time}) {
    use(uses, key);
  }
  for (const Field& field : package.fields) {
    for (const std::string& key : {field.label, field.question, field.hint, field.skip}) use(uses, key);
    for (const Option& option : field.options) {
      use(uses, option.label);
      use_card_text(uses, option.detail, package);
      use_card_text(uses, option.review, package);
    }
  }
  for (const Rule& rule : package.rules) {
    use(uses, rule.tell);
    use(uses, rule.where);
  }
  for (const ProgressResult& result : package.results) {
    use(uses, result.title);
    use(uses, result.detail);
  }
  for (const ReceiptLine& line : package.receipt) use_receipt(uses, line);
  if (package.sheet) {
    const SheetLayout& sheet = *package.sheet;
    std::vector<std::string> keys = sheet.closing;
    keys.insert(keys.end(), {sheet.title, sheet.opening, sheet.caption});
    for (const std::string& key : keys)
      uses[key].insert(sheet_placeholders.begin(), sheet_placeholders.end());
  }
  return uses;
}

void check_receipt_template(const std::string& text, const std::string& at, Findings& findings) {
  const auto names = placeholders_of(text);
  if (!names) return findings.add("package.bad_placeholder", at, "a brace without its match");
  for (const std::string& name : *names) {
    if (!holds(receipt_placeholders, name)) {
      findings.add("package.bad_placeholder", at, "a slip may not show this: " + name);
    }
  }
  if (names->empty() && !valid_name(text)) {
    findings.add("package.bad_value", at, "the key of a string or a placeholder is expected");
  } else if (!names->empty() && text != "{" + names->front() + "}") {
    findings.add("package.bad_value", at, "one placeholder alone is expected, or the key of a string");
  }
}

void check_receipt(const Package& package, Findings& findings) {
  for (std::size_t i = 0; i < package.receipt.size(); ++i) {
    const ReceiptLine& line = package.receipt[i];
    if (const auto* text = std::get_if<ReceiptText>(&line)) {
      check_receipt_template(text->text, place("receipt", i, "text"), findings);
    } else if (const auto* label = std::get_if<ReceiptLabel>(&line)) {
      check_receipt_template(label->value, place("receipt", i, "value"), findings);
    } else if (const auto* qr = std::get_if<ReceiptQr>(&line)) {
      check_receipt_template(qr->text, place("receipt", i, "value"), findings);
    }
  }
}

void check_sheet(const Package& package, Findings& findings) {
  if (!package.sheet) return;
  const std::vector<std::string>& closing = package.sheet->closing;
  for (std::size_t i = 0; i < closing.size(); ++i) {
    if (!valid_name(closing[i]))
      findings.add("package.bad_value", place("sheet/closing", i), "the key of a string is expected");
  }
  const std::vector<std::string>& ids = package.sheet->fields;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (package.find_field(ids[i]) == nullptr)
      findings.add("package.unknown_field", place("sheet/fields", i), "no field has this id");
  }
}

}  // namespace

void check_parts(const Package& package, Findings& definition) {
  check_fields(package, definition);
  check_card_wishes(package, definition);
  check_rules(package, definition);
  check_conditions(package, definition);
  for (std::size_t i = 0; i < package.steps.size(); ++i) {
    const std::string& field = package.steps[i].field;
    if (!field.empty() && package.find_field(field) == nullptr) {
      definition.add("package.unknown_field", place("steps", i, "field"), "no field has this id");
    }
  }
  check_order(package, definition);
  check_signing(package, definition);
  check_devices(package, definition);
  check_results(package, definition);
  check_receipt(package, definition);
  check_sheet(package, definition);
}

void check_strings(const Package& package, const Strings& strings, Findings& file) {
  const Uses uses = uses_of(package);
  for (const auto& [key, allowed] : uses) {
    const auto found = strings.find(key);
    if (found == strings.end()) {
      file.add("package.missing_string", "/" + key, "service.json names it");
      continue;
    }
    const auto names = placeholders_of(found->second);
    if (!names) file.add("package.bad_placeholder", "/" + key, "a brace without its match");
    for (const std::string& name : names.value_or(std::vector<std::string>{})) {
      if (allowed.find(name) == allowed.end())
        file.add("package.bad_placeholder", "/" + key, "not allowed: " + name);
    }
  }
  for (const auto& [key, value] : strings) {
    if (uses.find(key) == uses.end())
      file.add("package.unused_string", "/" + key, "service.json does not name it");
  }
}

}  // namespace bianmin::services

#include "terminal/services/definition_reader.hpp"

#include <algorithm>
#include <utility>

#include "terminal/services/item_code.hpp"

namespace bianmin::services {

namespace {

using Element = ObjectReader::Element;

template <typename T>
using Names = std::initializer_list<std::pair<std::string_view, T>>;

// The value that a word stands for; any other word is the error `bad_code`.
template <typename T>
T word(ObjectReader& reader, std::string_view key, Names<T> names, std::string_view bad_code,
       std::optional<T> otherwise = std::nullopt) {
  const std::string text = reader.text(key, otherwise ? Need::optional : Need::required);
  if (text.empty()) return otherwise.value_or(names.begin()->second);
  for (const auto& [name, value] : names) {
    if (text == name) return value;
  }
  std::string expected;
  for (const auto& [name, value] : names) expected.append(expected.empty() ? "" : ", ").append(name);
  reader.fail(bad_code, key, "one of these is expected: " + expected);
  return names.begin()->second;
}

// The key of a string.
std::string key_of_text(ObjectReader& reader, std::string_view key, Need need = Need::required) {
  return reader.name(key, need, "package.bad_value");
}

std::string icon_of(ObjectReader& reader) { return reader.name("icon", Need::required, "package.bad_icon"); }

Option read_option(const Element& element, Findings& findings) {
  ObjectReader reader(*element.value, element.place, findings);
  Option option;
  option.id = reader.name("id");
  option.icon = icon_of(reader);
  option.label = key_of_text(reader, "label");
  option.detail = key_of_text(reader, "detail", Need::optional);
  option.review = key_of_text(reader, "review", Need::optional);
  option.needs_card = reader.name("needs_card", Need::optional, "package.bad_field");
  reader.finish();
  return option;
}

void read_options(ObjectReader& reader, Field& field) {
  for (const Element& element : reader.array("options", Need::required, option_count_max)) {
    Option option = read_option(element, reader.findings());
    if (field.find_option(option.id) != nullptr) {
      reader.findings().add("package.repeated_id", element.place, "two options have this id");
    }
    field.options.push_back(std::move(option));
  }
  if (field.options.size() < 2)
    reader.fail("package.bad_field", "options", "a choice needs two options at least");
}

void read_lengths(ObjectReader& reader, Field& field) {
  field.length_min = reader.number("length_min", 1, answer_length_max, 1);
  field.length_max = reader.number("length_max", 1, answer_length_max);
  if (field.length_max < field.length_min)
    reader.fail("package.bad_field", "length_max", "less than length_min");
}

void read_starts(ObjectReader& reader, Field& field) {
  field.starts_with = reader.texts("starts_with", Need::optional, 20);
  for (const std::string& start : field.starts_with) {
    const bool digits = std::all_of(start.begin(), start.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || start.size() > static_cast<std::size_t>(field.length_max)) {
      reader.fail("package.bad_field", "starts_with", "digits, not more than length_max, are expected");
    }
  }
}

void read_asked_field(ObjectReader& reader, Field& field) {
  field.kind = word<FieldKind>(reader, "kind",
                               {{"text", FieldKind::text},
                                {"choice", FieldKind::choice},
                                {"digits", FieldKind::digits},
                                {"date", FieldKind::date}},
                               "package.bad_field");
  field.question = key_of_text(reader, "question");
  field.hint = key_of_text(reader, "hint", Need::optional);
  field.skip = key_of_text(reader, "skip", Need::optional);
  field.prefill = reader.name("prefill", Need::optional, "package.bad_field");
  if (field.kind == FieldKind::choice) read_options(reader, field);
  if (field.kind == FieldKind::text || field.kind == FieldKind::digits) read_lengths(reader, field);
  if (field.kind == FieldKind::digits) read_starts(reader, field);
  if (field.kind == FieldKind::date) field.not_after_today = reader.flag("not_after_today", false);
}

void read_source(ObjectReader& reader, Field& field) {
  const std::string source = reader.text("source");
  constexpr std::string_view card = "card.";
  if (source == "asked") {
    field.source = FieldSource::asked;
    read_asked_field(reader, field);
  } else if (source == "scan") {
    field.source = FieldSource::scan;
    field.prefix = reader.text("prefix", Need::optional, 32);
    read_lengths(reader, field);
  } else if (source.compare(0, card.size(), card) == 0) {
    field.source = FieldSource::card;
    field.card_key = source.substr(card.size());
    if (std::find(card_keys.begin(), card_keys.end(), field.card_key) == card_keys.end()) {
      reader.fail("package.bad_field", "source", "a card has no such value");
    }
    field.where_present = reader.flag("where_present", false);
  } else {
    reader.fail("package.bad_field", "source", "asked, scan or card.<value> is expected");
  }
}

Field read_field(const Element& element, Findings& findings) {
  ObjectReader reader(*element.value, element.place, findings);
  Field field;
  field.id = reader.name("id");
  field.label = key_of_text(reader, "label");
  field.shown = reader.flag("shown", true);
  field.mask = word<Mask>(
      reader, "mask",
      {{"none", Mask::none}, {"name", Mask::name}, {"number", Mask::number}, {"phone", Mask::phone}},
      "package.bad_field", Mask::none);
  read_source(reader, field);
  reader.finish();
  return field;
}

Rule read_rule(const Element& element, Findings& findings) {
  ObjectReader reader(*element.value, element.place, findings);
  Rule rule;
  rule.code = reader.name("code", Need::required, "package.bad_rule");
  rule.check = word<RuleCheck>(reader, "check",
                               {{"card_valid", RuleCheck::card_valid},
                                {"age_at_least", RuleCheck::age_at_least},
                                {"age_at_most", RuleCheck::age_at_most},
                                {"answer_in", RuleCheck::answer_in},
                                {"answer_not_in", RuleCheck::answer_not_in}},
                               "package.bad_rule");
  constexpr int age_years_max = 150;
  if (rule.check == RuleCheck::age_at_least || rule.check == RuleCheck::age_at_most) {
    rule.years = reader.number("years", 0, age_years_max);
  }
  if (rule.check == RuleCheck::answer_in || rule.check == RuleCheck::answer_not_in) {
    rule.field = reader.name("field");
    rule.values = reader.texts("values", Need::required, option_count_max);
  }
  rule.tell = key_of_text(reader, "tell");
  rule.where = key_of_text(reader, "where");
  reader.finish();
  return rule;
}

Step read_step(const Element& element, Findings& findings) {
  ObjectReader reader(*element.value, element.place, findings);
  Step step;
  step.kind = word<StepKind>(reader, "step",
                             {{"card", StepKind::card},
                              {"question", StepKind::question},
                              {"review", StepKind::review},
                              {"sign", StepKind::sign},
                              {"submit", StepKind::submit},
                              {"print", StepKind::print},
                              {"rate", StepKind::rate},
                              {"scan", StepKind::scan},
                              {"ask", StepKind::ask},
                              {"result", StepKind::result}},
                             "package.unknown_step");
  if (step.kind == StepKind::question || step.kind == StepKind::scan) step.field = reader.name("field");
  if (step.kind == StepKind::question) {
    if (const auto when = reader.object("when")) {
      ObjectReader condition(*when->value, when->place, findings);
      step.when =
          Condition{condition.name("field"), condition.texts("values", Need::required, option_count_max)};
      condition.finish();
    }
  }
  reader.finish();
  return step;
}

ReceiptLine read_receipt_line(const Element& element, Findings& findings) {
  ObjectReader reader(*element.value, element.place, findings);
  enum class Kind { text, label, rule, qr, feed };
  const auto kind = word<Kind>(reader, "line",
                               {{"text", Kind::text},
                                {"label", Kind::label},
                                {"rule", Kind::rule},
                                {"qr", Kind::qr},
                                {"feed", Kind::feed}},
                               "package.bad_receipt");
  ReceiptLine line = ReceiptRule{};
  if (kind == Kind::text) {
    const auto align = word<ReceiptAlign>(
        reader, "align",
        {{"left", ReceiptAlign::left}, {"center", ReceiptAlign::center}, {"right", ReceiptAlign::right}},
        "package.bad_receipt", ReceiptAlign::left);
    line =
        ReceiptText{reader.text("text"), align, reader.number("scale", 1, 2, 1), reader.flag("bold", false)};
  } else if (kind == Kind::label) {
    line = ReceiptLabel{key_of_text(reader, "label"), reader.text("value")};
  } else if (kind == Kind::qr) {
    line = ReceiptQr{reader.text("value")};
  } else if (kind == Kind::feed) {
    line = ReceiptFeed{reader.number("lines", 1, 10)};
  }
  reader.finish();
  return line;
}

ProgressResult read_result(const Element& element, Findings& findings) {
  ObjectReader reader(*element.value, element.place, findings);
  ProgressResult result;
  result.state = reader.text("state");
  result.icon = icon_of(reader);
  result.title = key_of_text(reader, "title");
  result.detail = key_of_text(reader, "detail");
  reader.finish();
  return result;
}

SheetLayout read_sheet(const Element& element, Findings& findings) {
  ObjectReader reader(*element.value, element.place, findings);
  SheetLayout sheet{key_of_text(reader, "title"), key_of_text(reader, "opening"),
                    key_of_text(reader, "caption"),
                    reader.texts("closing", Need::required, sheet_closing_count_max),
                    reader.texts("fields", Need::required, field_count_max)};
  reader.finish();
  return sheet;
}

// A list of words, each one of `known`; any other is the error `bad_code`.
template <typename Known>
std::vector<std::string> read_words(ObjectReader& reader, std::string_view key, const Known& known,
                                    std::string_view bad_code, std::string_view what) {
  auto words = reader.texts(key, Need::optional, known.size());
  for (const std::string& each : words) {
    if (std::find(known.begin(), known.end(), each) == known.end()) reader.fail(bad_code, key, what);
  }
  return words;
}

std::vector<std::string> read_devices(ObjectReader& reader, std::string_view key) {
  return read_words(reader, key, device_names, "package.unknown_device", "no such kind of device");
}

// What a package takes and wants of identity cards.
void read_cards(ObjectReader& reader, Package& package) {
  package.cards = read_words(reader, "cards", card_kinds, "package.unknown_card", "no such kind of card");
  if (package.cards.empty()) package.cards = {std::string(default_card_kind)};
  package.reads = read_words(reader, "reads", card_reads, "package.bad_value", "a card has no such part");
  package.records_photo = word<bool>(reader, "photo", {{"record", true}}, "package.bad_value", false);
}

void read_head(ObjectReader& reader, Package& package) {
  package.id = reader.name("id");
  package.version = reader.number("version", 1, 1'000'000);
  package.order = reader.number("order", 0, 10'000, 10'000);
  package.flow = word<Flow>(reader, "flow", {{"record", Flow::record}, {"progress", Flow::progress}},
                            "package.bad_value");
  package.item_code = reader.text("item_code");
  if (!package.item_code.empty() && !valid_item_code(package.item_code)) {
    reader.fail("package.bad_item_code", "item_code",
                "not a code of GB/T 39554.1, or its check character is wrong");
  }
  package.icon = icon_of(reader);
  package.title = key_of_text(reader, "title");
  package.summary = key_of_text(reader, "summary");
  package.needs = read_devices(reader, "needs");
  package.wants = read_devices(reader, "wants");
}

}  // namespace

Package read_definition(const Json& json, Findings& findings) {
  ObjectReader reader(json, "", findings);
  Package package;
  read_head(reader, package);
  for (const auto& e : reader.array("fields", Need::required, field_count_max)) {
    package.fields.push_back(read_field(e, findings));
  }
  for (const auto& e : reader.array("steps", Need::required, step_count_max)) {
    package.steps.push_back(read_step(e, findings));
  }
  if (package.flow == Flow::record) {
    package.office = key_of_text(reader, "office");
    package.result_time = key_of_text(reader, "result_time");
    package.review_note = key_of_text(reader, "review_note", Need::optional);
    read_cards(reader, package);
    for (const auto& e : reader.array("rules", Need::optional, rule_count_max)) {
      package.rules.push_back(read_rule(e, findings));
    }
    for (const auto& e : reader.array("receipt", Need::optional, receipt_line_count_max)) {
      package.receipt.push_back(read_receipt_line(e, findings));
    }
    if (const auto e = reader.object("sheet")) package.sheet = read_sheet(*e, findings);
  } else {
    for (const auto& e : reader.array("results", Need::required, progress_states.size())) {
      package.results.push_back(read_result(e, findings));
    }
  }
  reader.finish();
  return package;
}

}  // namespace bianmin::services

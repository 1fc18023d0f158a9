// What a form says in a language: questions, the review page, the slip; and what it says to the record.
#include "terminal/services/form.hpp"
#include "terminal/services/mask.hpp"
#include "terminal/services/template_text.hpp"

namespace bianmin::services {

namespace {
constexpr std::string_view card_prefix = "card.";
}

// A string whose placeholders are values of the card; nothing when the card does not have them.
std::string Form::card_text(std::string_view language, std::string_view key) const {
  if (key.empty()) return {};
  const auto filled =
      fill_in(package_.text(language, key), [this](std::string_view name) -> std::optional<std::string> {
        if (name.substr(0, card_prefix.size()) != card_prefix) return std::nullopt;
        const auto value = card_.get(name.substr(card_prefix.size()));
        if (!value || value->empty()) return std::nullopt;
        return std::string(*value);
      });
  return filled ? *filled : std::string();
}

std::optional<QuestionText> Form::question(std::string_view language) const {
  const Field* field = current_field();
  if (field == nullptr || field->source != FieldSource::asked) return std::nullopt;
  const auto text = [&](const std::string& key) { return package_.text(language, key); };
  const auto value = answers_.get(field->id);
  QuestionText out;
  out.field = field->id;
  out.kind = field->kind;
  out.title = text(field->question);
  out.hint = text(field->hint);
  out.skip = text(field->skip);
  out.skipped = field->optional() && value && value->empty();
  out.value = std::string(value.value_or(""));
  out.length_min = field->length_min;
  out.length_max = field->length_max;
  for (const Option& option : field->options) {
    if (!offered(option)) continue;
    out.options.push_back({option.id, option.icon, text(option.label), card_text(language, option.detail),
                           value.has_value() && *value == option.id});
  }
  return out;
}

std::string Form::review_text(const Field& field, std::string_view language) const {
  if (field.source == FieldSource::card) return masked(field.mask, card_.get(field.card_key).value_or(""));
  const std::string_view value = answers_.get(field.id).value_or("");
  if (value.empty()) return package_.text(language, field.skip);
  const Option* option = field.find_option(value);
  if (option == nullptr) return masked(field.mask, value);
  const std::string review = card_text(language, option->review);
  return review.empty() ? package_.text(language, option->label) : review;
}

bool Form::told(const Field& field) const {
  if (field.source == FieldSource::asked) return asked_now(field);
  return !field.where_present || !card_.get(field.card_key).value_or("").empty();
}

std::vector<ReviewRow> Form::review_rows(std::string_view language) const {
  std::vector<ReviewRow> rows;
  for (const Field& field : package_.fields) {
    if (!field.shown || !told(field)) continue;
    rows.push_back({field.id, package_.text(language, field.label), review_text(field, language),
                    field.source == FieldSource::asked});
  }
  return rows;
}

std::vector<std::pair<std::string, std::string>> Form::record_fields() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const Field& field : package_.fields) {
    const bool from_card = field.source == FieldSource::card;
    if (!from_card && !asked_now(field)) continue;
    const auto value = from_card ? card_.get(field.card_key) : answers_.get(field.id);
    if (value && !value->empty()) out.emplace_back(field.id, std::string(*value));
  }
  return out;
}

// A text with its placeholders filled in, for paper: a string by its key, or a placeholder alone.
Result<std::string> Form::printed(const std::string& key, const std::map<std::string, std::string>& values,
                                  std::string_view language) const {
  const auto value_of = [&](std::string_view name) -> std::optional<std::string> {
    if (name == "service") return package_.text(language, package_.title);
    if (name == "result_time") return package_.text(language, package_.result_time);
    const auto found = values.find(std::string(name));
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
  const bool placeholder = key.find('{') != std::string::npos;
  return fill_in(placeholder ? key : package_.text(language, key), value_of);
}

Result<std::vector<ReceiptLine>> Form::receipt_lines(const std::map<std::string, std::string>& values,
                                                     std::string_view language) const {
  const auto fill = [&](std::string& text) -> Result<void> {
    auto filled = printed(text, values, language);
    if (!filled) return filled.error();
    text = std::move(filled).value();
    return {};
  };
  std::vector<ReceiptLine> lines = package_.receipt;
  for (ReceiptLine& line : lines) {
    Result<void> done;
    if (auto* text = std::get_if<ReceiptText>(&line)) {
      done = fill(text->text);
    } else if (auto* label = std::get_if<ReceiptLabel>(&line)) {
      label->label = package_.text(language, label->label);
      done = fill(label->value);
    } else if (auto* qr = std::get_if<ReceiptQr>(&line)) {
      done = fill(qr->text);
    }
    if (!done) return done.error();
  }
  return lines;
}

Result<SheetText> Form::sheet(const std::map<std::string, std::string>& values,
                              std::string_view language) const {
  if (!package_.sheet) return Error{Remedy::refuse, "form.no_sheet", package_.id};
  const SheetLayout& layout = *package_.sheet;
  SheetText out;
  out.closing.resize(layout.closing.size());
  std::vector<std::pair<const std::string*, std::string*>> texts = {
      {&layout.title, &out.title}, {&layout.opening, &out.opening}, {&layout.caption, &out.caption}};
  for (std::size_t i = 0; i < out.closing.size(); ++i)
    texts.emplace_back(&layout.closing[i], &out.closing[i]);
  for (const auto& [key, text] : texts) {
    auto filled = printed(*key, values, language);
    if (!filled) return filled.error();
    *text = std::move(filled).value();
  }
  for (const std::string& id : layout.fields) {
    const Field* field = package_.find_field(id);
    if (field == nullptr || !told(*field)) continue;
    out.rows.push_back({package_.text(language, field->label), review_text(*field, language)});
  }
  return out;
}

}  // namespace bianmin::services

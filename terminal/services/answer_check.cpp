#include "terminal/services/answer_check.hpp"

#include <algorithm>

#include "terminal/base/text.hpp"
#include "terminal/services/dates.hpp"

namespace bianmin::services {

namespace {

Error wrong(std::string_view code, const Field& field) {
  return {Remedy::ask_resident, code, "field " + field.id};
}

Result<void> check_length(const Field& field, std::size_t length) {
  if (length < static_cast<std::size_t>(field.length_min)) return wrong("form.too_short", field);
  if (length > static_cast<std::size_t>(field.length_max)) return wrong("form.too_long", field);
  return {};
}

Result<void> check_text(const Field& field, std::string_view value) {
  const auto points = decode_utf8(value);
  const auto control = [](char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); };
  if (!points || std::any_of(points->begin(), points->end(), control)) return wrong("form.bad_text", field);
  if (trim(value).empty()) return wrong("form.empty", field);
  return check_length(field, points->size());
}

Result<void> check_digits(const Field& field, std::string_view value) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!std::all_of(value.begin(), value.end(), digit)) return wrong("form.not_digits", field);
  if (auto length = check_length(field, value.size()); !length) return length;
  const auto begins = [&](const std::string& start) { return value.compare(0, start.size(), start) == 0; };
  const auto& starts = field.starts_with;
  if (!starts.empty() && std::none_of(starts.begin(), starts.end(), begins))
    return wrong("form.bad_start", field);
  return {};
}

Result<void> check_date(const Field& field, std::string_view value, const Date& today) {
  constexpr int year_min = 1900;
  const auto date = parse_compact_date(value);
  if (!date || date->year < year_min) return wrong("form.bad_date", field);
  if (field.not_after_today && *date > today) return wrong("form.date_in_future", field);
  return {};
}

// A code from a scanner is bytes of a stranger: printable ASCII only.
Result<void> check_scan(const Field& field, std::string_view value) {
  const auto printable = [](char c) { return c > 0x20 && c < 0x7F; };
  const bool ours = value.compare(0, field.prefix.size(), field.prefix) == 0 &&
                    std::all_of(value.begin(), value.end(), printable) &&
                    check_length(field, value.size() - std::min(value.size(), field.prefix.size())).ok();
  if (!ours) return wrong("form.not_our_code", field);
  return {};
}

}  // namespace

Result<void> check_answer(const Field& field, std::string_view value, const Date& today) {
  if (field.source == FieldSource::scan) return check_scan(field, value);
  if (value.empty()) return wrong("form.empty", field);
  switch (field.kind) {
    case FieldKind::text:
      return check_text(field, value);
    case FieldKind::digits:
      return check_digits(field, value);
    case FieldKind::date:
      return check_date(field, value, today);
    case FieldKind::choice:
      break;
  }
  if (field.find_option(value) == nullptr) return wrong("form.unknown_option", field);
  return {};
}

}  // namespace bianmin::services

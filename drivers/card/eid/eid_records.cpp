#include "drivers/card/eid/eid_records.hpp"

#include <algorithm>
#include <optional>

#include "drivers/card/eid/personal_code.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::card {

namespace {

constexpr std::size_t date_length = 10;  // "08 01 1980"

enum Record : std::size_t { surname, given_names, sex, citizenship, birth, code, document, valid_to };

Error unreadable(std::string detail) { return {Remedy::ask_resident, "card.unreadable", std::move(detail)}; }

// Nothing when it is no text.
std::optional<std::string> text_in(const SecretBytes& record) {
  std::string text(reinterpret_cast<const char*>(record.data()), record.size());
  text.erase(std::find(text.begin(), text.end(), '\0'), text.end());
  const bool control =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (control || !valid_utf8(text)) return std::nullopt;
  return std::string(trim(text));
}

std::optional<Date> date_in(std::string_view text) {
  if (text.size() != date_length || text[2] != ' ' || text[5] != ' ') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (const char c : text.substr(at, count))
      value = c >= '0' && c <= '9' ? value * 10 + (c - '0') : -10'000;
    return value;
  };
  const Date day = {number(6, 4), number(3, 2), number(0, 2)};
  if (!day.valid()) return std::nullopt;
  return day;
}

}  // namespace

Result<EidPerson> parse_eid_records(const EidRecords& records) {
  std::array<std::string, eid_record_count> texts;
  for (std::size_t i = 0; i < records.size(); ++i) {
    auto text = text_in(records[i]);
    if (!text) return unreadable("a record is no text");
    texts[i] = std::move(*text);
  }
  const auto checked = parse_personal_code(texts[code]);
  if (!checked) return Error{Remedy::ask_resident, "card.bad_number", std::string(checked.error().code)};
  EidPerson person;
  person.surname = texts[surname];
  person.given_names = texts[given_names];
  if (texts[sex] == "M" || texts[sex] == "F") person.sex = texts[sex][0];
  person.citizenship = texts[citizenship];
  person.personal_code = checked->text;
  person.document_number = texts[document];
  person.birth = checked->birth;
  if (!texts[birth].empty()) {
    const auto day = date_in(std::string_view(texts[birth]).substr(0, date_length));
    if (!day) return unreadable("no date of birth");
    person.birth = *day;
    person.birth_place = trim(std::string_view(texts[birth]).substr(date_length));
  }
  const auto last_day = date_in(texts[valid_to]);
  if (!last_day) return unreadable("no last day");
  person.valid_to = *last_day;
  const bool nameless = person.surname.empty() && person.given_names.empty();
  if (nameless || person.document_number.empty()) return unreadable("a record is empty");
  return person;
}

}  // namespace bianmin::card

#include "terminal/services/dates.hpp"

#include <algorithm>
#include <utility>

namespace bianmin::services {

Result<Date> parse_compact_date(std::string_view text) {
  const Error bad{Remedy::ask_resident, "form.bad_date", "not a day written as YYYYMMDD"};
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 8 || !std::all_of(text.begin(), text.end(), digit)) return bad;
  const auto number = [&](std::size_t from, std::size_t count) {
    int value = 0;
    for (const char c : text.substr(from, count)) value = value * 10 + (c - '0');
    return value;
  };
  const Date date{number(0, 4), number(4, 2), number(6, 2)};
  if (!date.valid()) return bad;
  return date;
}

int age_on(const Date& birth, const Date& today) {
  const bool had_birthday = std::pair(today.month, today.day) >= std::pair(birth.month, birth.day);
  return today.year - birth.year - (had_birthday ? 0 : 1);
}

}  // namespace bianmin::services

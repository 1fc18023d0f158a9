#include "sync/http/retry_after.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

namespace bianmin::http {

namespace {

constexpr std::array short_days = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array long_days = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t second_ms = 1'000;
constexpr int years_ahead_max = 50;

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

struct Stamp {
  int year = 0;
  unsigned month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

// Eats a text from its front; each call says whether that stood there.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : left_(text) {}
  bool skip(std::string_view expected) {
    if (!left_.starts_with(expected)) return false;
    left_.remove_prefix(expected.size());
    return true;
  }
  bool number(std::size_t digits, int& value) {
    if (left_.size() < digits || !all_digits(left_.substr(0, digits))) return false;
    value = 0;
    for (const char c : left_.substr(0, digits)) value = value * 10 + (c - '0');
    left_.remove_prefix(digits);
    return true;
  }
  bool day_name(const std::array<const char*, 7>& names) {
    return std::ranges::any_of(names, [this](const char* name) { return skip(name); });
  }
  bool month(unsigned& value) {
    const auto found = std::ranges::find_if(months, [this](const char* name) { return skip(name); });
    value = static_cast<unsigned>(found - months.begin()) + 1;
    return found != months.end();
  }
  bool time(Stamp& to) {
    return number(2, to.hour) && skip(":") && number(2, to.minute) && skip(":") && number(2, to.second);
  }
  bool at_end() const { return left_.empty(); }

 private:
  std::string_view left_;
};

// "Sun, 06 Nov 1994 08:49:37 GMT"
bool read_fixed(DateReader in, Stamp& to) {
  return in.day_name(short_days) && in.skip(", ") && in.number(2, to.day) && in.skip(" ") &&
         in.month(to.month) && in.skip(" ") && in.number(4, to.year) && in.skip(" ") && in.time(to) &&
         in.skip(" GMT") && in.at_end();
}

// "Sunday, 06-Nov-94 08:49:37 GMT"
bool read_long(DateReader in, Stamp& to) {
  return in.day_name(long_days) && in.skip(", ") && in.number(2, to.day) && in.skip("-") &&
         in.month(to.month) && in.skip("-") && in.number(2, to.year) && in.skip(" ") && in.time(to) &&
         in.skip(" GMT") && in.at_end();
}

// "Sun Nov  6 08:49:37 1994"
bool read_c(DateReader in, Stamp& to) {
  if (!in.day_name(short_days) || !in.skip(" ") || !in.month(to.month) || !in.skip(" ")) return false;
  const bool day = in.skip(" ") ? in.number(1, to.day) : in.number(2, to.day);
  return day && in.skip(" ") && in.time(to) && in.skip(" ") && in.number(4, to.year) && in.at_end();
}

std::optional<std::int64_t> utc_ms_of(const Stamp& stamp) {
  const std::chrono::year_month_day date(std::chrono::year(stamp.year), std::chrono::month(stamp.month),
                                         std::chrono::day(static_cast<unsigned>(stamp.day)));
  const bool leap_second = stamp.second == 60;
  if (!date.ok() || stamp.hour > 23 || stamp.minute > 59 || (stamp.second > 59 && !leap_second))
    return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return (((days * 24 + stamp.hour) * 60 + stamp.minute) * 60 + stamp.second) * second_ms;
}

int year_of(std::int64_t utc_ms) {
  const auto day =
      std::chrono::floor<std::chrono::days>(std::chrono::sys_time<std::chrono::milliseconds>(
          std::chrono::milliseconds(utc_ms)));
  return static_cast<int>(std::chrono::year_month_day(day).year());
}

}  // namespace

std::optional<std::int64_t> parse_http_date(std::string_view text, std::int64_t now_utc_ms) {
  Stamp stamp;
  if (read_fixed(DateReader(text), stamp) || read_c(DateReader(text), stamp)) return utc_ms_of(stamp);
  if (!read_long(DateReader(text), stamp)) return std::nullopt;
  const int this_year = year_of(now_utc_ms);
  stamp.year += this_year - this_year % 100;
  if (stamp.year > this_year + years_ahead_max) stamp.year -= 100;
  return utc_ms_of(stamp);
}

std::int64_t retry_after_ms(const Response& response) {
  const auto wanted = response.header("retry-after");
  if (!wanted) return 0;
  if (all_digits(*wanted)) {
    constexpr std::size_t digits_max = 9;
    const std::int64_t seconds = wanted->size() > digits_max ? INT32_MAX : std::stoll(std::string(*wanted));
    return std::clamp(seconds * second_ms, retry_after_least_ms, retry_after_most_ms);
  }
  const auto until_utc_ms = parse_http_date(*wanted, response.arrived_utc_ms);
  if (!until_utc_ms) return 0;
  const auto sent = response.header("date");
  const auto sent_utc_ms = sent ? parse_http_date(*sent, response.arrived_utc_ms) : std::nullopt;
  if (!sent_utc_ms && response.arrived_utc_ms == 0) return 0;
  const std::int64_t from_utc_ms = sent_utc_ms.value_or(response.arrived_utc_ms);
  return std::clamp(*until_utc_ms - from_utc_ms, retry_after_least_ms, retry_after_most_ms);
}

}  // namespace bianmin::http

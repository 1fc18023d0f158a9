#include "terminal/base/clock.hpp"

#include <fmt/format.h>

#include <chrono>
#include <ctime>

namespace bianmin {

std::int64_t SystemClock::steady_ms() const {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

std::int64_t SystemClock::utc_ms() const {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

bool Date::valid() const {
  static constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

std::string Date::iso() const { return fmt::format("{:04}-{:02}-{:02}", year, month, day); }
std::string Date::compact() const { return fmt::format("{:04}{:02}{:02}", year, month, day); }

static std::tm local_tm(std::int64_t utc_ms) {
  const std::time_t seconds = static_cast<std::time_t>(utc_ms / 1000);
  std::tm out{};
  ::localtime_r(&seconds, &out);
  return out;
}

Date local_date(std::int64_t utc_ms) {
  const std::tm tm = local_tm(utc_ms);
  return {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
}

std::string local_time_hhmm(std::int64_t utc_ms) {
  const std::tm tm = local_tm(utc_ms);
  return fmt::format("{:02}:{:02}", tm.tm_hour, tm.tm_min);
}

std::string local_stamp(std::int64_t utc_ms) {
  return local_date(utc_ms).iso() + " " + local_time_hhmm(utc_ms);
}

std::string utc_stamp(std::int64_t utc_ms) {
  const std::time_t seconds = static_cast<std::time_t>(utc_ms / 1000);
  std::tm tm{};
  ::gmtime_r(&seconds, &tm);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                     tm.tm_hour, tm.tm_min, tm.tm_sec, utc_ms % 1000);
}

}  // namespace bianmin

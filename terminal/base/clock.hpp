// Time as the project sees it. Everything that waits or stamps takes a Clock, so tests use a fake one.
#pragma once

#include <cstdint>
#include <string>

namespace bianmin {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t steady_ms() const = 0;  // never goes back; its zero means nothing
  virtual std::int64_t utc_ms() const = 0;     // milliseconds since 1970-01-01T00:00:00Z; may jump
};

class SystemClock : public Clock {
 public:
  std::int64_t steady_ms() const override;
  std::int64_t utc_ms() const override;
};

// A day without a zone or a time, as cards and forms carry it. Proleptic Gregorian.
struct Date {
  int year = 0;
  int month = 0;  // 1..12
  int day = 0;    // 1..31
  auto operator<=>(const Date&) const = default;
  bool valid() const;
  std::string iso() const;      // 2026-11-22
  std::string compact() const;  // 20261122
};

// The local day (the zone of the machine) at `utc_ms`.
Date local_date(std::int64_t utc_ms);
std::string local_time_hhmm(std::int64_t utc_ms);   // "09:42"
std::string local_stamp(std::int64_t utc_ms);       // "2026-11-22 09:42"
std::string utc_stamp(std::int64_t utc_ms);         // "2026-11-22T01:42:07.123Z"

}  // namespace bianmin

// The hub's clock, within sane bounds.
#pragma once

#include <optional>

#include "sync/store/hub_clock.hpp"

namespace bianmin::agent {

constexpr std::int64_t hub_utc_least_ms = 1'767'225'600'000;  // 2026-01-01: this program is not older
constexpr std::int64_t hub_utc_most_ms = 2'713'910'400'000;   // 2056-01-01: it is not in use any more
constexpr std::int64_t round_trip_most_ms = 5'000;            // a slower reply says little of the time
constexpr std::int64_t clock_step_most_ms = 3'600'000;  // a larger one is believed when seen twice in a row
constexpr std::int64_t clock_wrong_ms = 120'000;        // operators and staff are told from there on
constexpr std::int64_t clock_news_ms = 1'000;           // less is not written down again

// Thread-bound.
class HubTime {
 public:
  explicit HubTime(std::optional<store::ClockOffset> known) : known_(std::move(known)) {}

  // The hub said `hub_utc_ms` in a reply to a request that took `round_trip_ms` and came at `now_utc_ms` by
  // the own clock. Returns what is worth writing down, or nothing.
  std::optional<store::ClockOffset> take(std::int64_t hub_utc_ms, std::int64_t now_utc_ms,
                                         std::int64_t round_trip_ms);

 private:
  std::optional<store::ClockOffset> known_;
  std::optional<std::int64_t> unbelieved_offset_ms_;
};

}  // namespace bianmin::agent

#include "sync/agent/hub_time.hpp"

#include <cstdlib>

namespace bianmin::agent {

std::optional<store::ClockOffset> HubTime::take(std::int64_t hub_utc_ms, std::int64_t now_utc_ms,
                                                std::int64_t round_trip_ms) {
  if (round_trip_ms < 0 || round_trip_ms > round_trip_most_ms) return std::nullopt;
  const std::int64_t known_ms = known_ ? known_->offset_ms : 0;
  store::ClockOffset news{known_ms, now_utc_ms, "clock.implausible"};
  if (hub_utc_ms >= hub_utc_least_ms && hub_utc_ms <= hub_utc_most_ms) {
    const std::int64_t offset_ms = hub_utc_ms - (now_utc_ms - round_trip_ms / 2);
    const bool seen_before =
        unbelieved_offset_ms_ && std::abs(*unbelieved_offset_ms_ - offset_ms) <= round_trip_most_ms;
    if (std::abs(offset_ms - known_ms) > clock_step_most_ms && !seen_before) {
      unbelieved_offset_ms_ = offset_ms;
      return std::nullopt;
    }
    unbelieved_offset_ms_.reset();
    news.offset_ms = offset_ms;
    news.code = std::abs(offset_ms) > clock_wrong_ms ? "clock.wrong" : "";
  }
  const bool same =
      known_ && known_->code == news.code && std::abs(known_ms - news.offset_ms) < clock_news_ms;
  if (same) return std::nullopt;
  known_ = news;
  return news;
}

}  // namespace bianmin::agent

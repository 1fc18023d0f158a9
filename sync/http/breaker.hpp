// Stops asking for what keeps failing, and tries again after a while: one for each kind of request, so that
// one kind that fails does not stop the others.
#pragma once

#include "sync/http/backoff.hpp"

namespace bianmin::http {

constexpr std::int64_t nudge_least_ms = 1'000;  // pause between attempts, however often it is woken

struct BreakerLimits {
  int failures_max = 1;  // in a row; then it opens
  std::int64_t most_ms = backoff_most_ms;
};

// Thread-bound. Times are of the steady clock.
class Breaker {
 public:
  Breaker(std::function<std::uint32_t()> random, BreakerLimits limits = {})
      : backoff_(std::move(random), limits.most_ms), limits_(limits) {}

  bool lets_through(std::int64_t now_ms) const { return now_ms >= retry_at_ms_; }
  void failed(std::int64_t now_ms);
  void succeeded();
  // Somebody waits: do not sit out a long back-off, unless the last failure is only a moment old.
  void nudge();

 private:
  Backoff backoff_;
  BreakerLimits limits_;
  int failure_count_ = 0;
  std::int64_t failed_at_ms_ = 0;
  std::int64_t retry_at_ms_ = 0;
};

}  // namespace bianmin::http

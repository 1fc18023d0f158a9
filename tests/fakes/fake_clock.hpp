// A clock that moves only when a test says so.
#pragma once

#include <atomic>

#include "terminal/base/clock.hpp"

namespace bianmin {

class FakeClock : public Clock {
 public:
  std::int64_t steady_ms() const override { return steady_ms_; }
  std::int64_t utc_ms() const override { return utc_ms_; }
  void advance(std::int64_t by_ms) {
    steady_ms_ += by_ms;
    utc_ms_ += by_ms;
  }
  void set_utc_ms(std::int64_t utc_ms) { utc_ms_ = utc_ms; }

 private:
  std::atomic<std::int64_t> steady_ms_ = 1'000;
  std::atomic<std::int64_t> utc_ms_ = 1'795'000'000'000;  // 2026-11-18
};

}  // namespace bianmin

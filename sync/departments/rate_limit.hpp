// At most so many requests in each second, evenly spread.
#pragma once

#include <algorithm>
#include <cstdint>

namespace bianmin::departments {

// Thread-bound. Times are of the steady clock.
class RateLimit {
 public:
  explicit RateLimit(std::int64_t per_second)
      : pause_us_(1'000'000 / std::max<std::int64_t>(per_second, 1)) {}
  // 0: now.
  std::int64_t wait_ms(std::int64_t now_ms) const {
    return std::max<std::int64_t>(0, (next_us_ - now_ms * 1000 + 999) / 1000);
  }
  void take(std::int64_t now_ms) { next_us_ = std::max(next_us_, now_ms * 1000) + pause_us_; }

 private:
  std::int64_t pause_us_;
  std::int64_t next_us_ = 0;
};

}  // namespace bianmin::departments

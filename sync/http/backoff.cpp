#include "sync/http/backoff.hpp"

#include <algorithm>

namespace bianmin::http {

std::int64_t Backoff::next_ms() {
  const std::int64_t half = step_ms_ / 2;
  const std::int64_t wait_ms = half + static_cast<std::int64_t>(random_()) % (half + 1);
  step_ms_ = std::min(step_ms_ * 2, most_ms_);
  return wait_ms;
}

}  // namespace bianmin::http

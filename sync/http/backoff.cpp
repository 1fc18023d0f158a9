#include "sync/http/backoff.hpp"

#include <algorithm>

namespace bianmin::http {

std::int64_t spread_ms(std::int64_t step_ms, std::uint32_t random) {
  const std::int64_t half = step_ms / 2;
  return half + static_cast<std::int64_t>(random) % (half + 1);
}

std::int64_t Backoff::next_ms() {
  const std::int64_t wait_ms = spread_ms(step_ms_, random_());
  step_ms_ = std::min(step_ms_ * 2, most_ms_);
  return wait_ms;
}

}  // namespace bianmin::http

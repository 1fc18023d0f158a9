#include "sync/agent/bandwidth_budget.hpp"

#include <algorithm>

namespace bianmin::agent {

void BandwidthBudget::fill(std::int64_t now_ms) {
  const std::int64_t passed_ms = std::clamp<std::int64_t>(now_ms - filled_at_ms_, 0, 86'400'000);
  filled_at_ms_ = now_ms;
  balance_ = std::min(balance_ + passed_ms * bytes_per_s_, budget_saved_ms * bytes_per_s_);
}

bool BandwidthBudget::open(std::int64_t now_ms) {
  fill(now_ms);
  return bytes_per_s_ == 0 || balance_ >= 0;
}

void BandwidthBudget::spend(std::size_t byte_count, std::int64_t now_ms) {
  fill(now_ms);
  balance_ -= static_cast<std::int64_t>(byte_count) * 1000;
}

}  // namespace bianmin::agent

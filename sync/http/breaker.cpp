#include "sync/http/breaker.hpp"

#include <algorithm>

namespace bianmin::http {

void Breaker::failed(std::int64_t now_ms) {
  failed_at_ms_ = now_ms;
  if (++failure_count_ >= limits_.failures_max) retry_at_ms_ = now_ms + backoff_.next_ms();
}

void Breaker::succeeded() {
  failure_count_ = 0;
  retry_at_ms_ = 0;
  backoff_.reset();
}

void Breaker::nudge() { retry_at_ms_ = std::min(retry_at_ms_, failed_at_ms_ + nudge_least_ms); }

}  // namespace bianmin::http

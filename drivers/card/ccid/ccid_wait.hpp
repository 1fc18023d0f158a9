// Time as the ways to a reader count it: until a point, and ended early by a stop.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace bianmin::card {

using Steady = std::chrono::steady_clock;

inline int left_ms(Steady::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Steady::now()).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

inline void pause(int ms, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, std::chrono::milliseconds(ms), [] { return false; });
}

}  // namespace bianmin::card

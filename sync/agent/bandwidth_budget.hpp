// How much of a shared line the agent may use: a bucket that fills at a steady rate.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bianmin::agent {

constexpr std::int64_t budget_saved_ms =
    4'000;  // an idle line saves up that much: two looks into the journal

// A request is sent whole and may leave a debt; then nothing goes until it is paid. Thread-bound. Times are
// of the steady clock.
class BandwidthBudget {
 public:
  explicit BandwidthBudget(std::int64_t bytes_per_s) : bytes_per_s_(bytes_per_s) {}  // 0: no limit

  bool open(std::int64_t now_ms);
  void spend(std::size_t byte_count, std::int64_t now_ms);

 private:
  void fill(std::int64_t now_ms);
  std::int64_t bytes_per_s_;
  std::int64_t balance_ = 0;  // in thousandths of a byte, so that nothing is lost by rounding
  std::int64_t filled_at_ms_ = 0;
};

}  // namespace bianmin::agent

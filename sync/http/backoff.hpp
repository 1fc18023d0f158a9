// How long to wait after failures: doubling, with a limit, and spread so that a whole province of terminals
// does not come back in the same second.
#pragma once

#include <cstdint>
#include <functional>

namespace bianmin::http {

constexpr std::int64_t backoff_first_ms = 1'000;
constexpr std::int64_t backoff_most_ms = 300'000;

// A pause between half of `step_ms` and the whole, as `random` says.
std::int64_t spread_ms(std::int64_t step_ms, std::uint32_t random);

class Backoff {
 public:
  // `random` gives any number; injected so that tests know it.
  explicit Backoff(std::function<std::uint32_t()> random, std::int64_t most_ms = backoff_most_ms)
      : random_(std::move(random)), most_ms_(most_ms) {}

  // Between half of and the full step: 1 s, 2 s, 4 s … `most_ms`.
  std::int64_t next_ms();
  void reset() { step_ms_ = backoff_first_ms; }

 private:
  std::function<std::uint32_t()> random_;
  std::int64_t most_ms_;
  std::int64_t step_ms_ = backoff_first_ms;
};

}  // namespace bianmin::http

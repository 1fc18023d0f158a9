// The one source of chance of a simulation: the same seed, the same story.
#pragma once

#include <cstdint>
#include <random>

namespace bianmin::test {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t number() { return engine_(); }
  std::uint64_t below(std::uint64_t count) { return engine_() % count; }
  bool chance(int percent) { return below(100) < static_cast<std::uint64_t>(percent); }

 private:
  std::mt19937_64 engine_;
};

// While it lives, all random bytes of the process come from a seed: record ids, tokens, ephemeral keys and
// the nonces of signatures, whose lengths decide how many pages a commit writes. One at a time.
class SeededCrypto {
 public:
  explicit SeededCrypto(std::uint64_t seed);
  ~SeededCrypto();
  SeededCrypto(const SeededCrypto&) = delete;
  SeededCrypto& operator=(const SeededCrypto&) = delete;
};

}  // namespace bianmin::test

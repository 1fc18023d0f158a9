// Certificates and keys of terminals that will connect, made somewhat before on a thread of its own: what a
// hundred thousand terminals have at hand costs the one program that plays them more than a handshake does.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "tests/bench/serving_hub.hpp"

namespace bianmin::bench {

constexpr std::size_t contexts_ahead_max = 500;

class ContextsAhead {
 public:
  // In the order in which they will be taken.
  ContextsAhead(const BenchCertificates& certificates, std::vector<int> numbers);
  // Once for each; blocks until it is made. Of a number that was not told before, it is made at once.
  seal::TlsContext take(int number);

 private:
  void make_all(const std::stop_token& stop, const std::vector<int>& numbers);
  const BenchCertificates& certificates_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::set<int> awaited_;
  std::map<int, seal::TlsContext> made_;
  std::jthread maker_;
};

}  // namespace bianmin::bench

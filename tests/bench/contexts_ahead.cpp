#include "tests/bench/contexts_ahead.hpp"

#include "tests/bench/hub_bench.hpp"

namespace bianmin::bench {

ContextsAhead::ContextsAhead(const BenchCertificates& certificates, std::vector<int> numbers)
    : certificates_(certificates), awaited_(numbers.begin(), numbers.end()) {
  maker_ =
      std::jthread([this, list = std::move(numbers)](const std::stop_token& stop) { make_all(stop, list); });
}

void ContextsAhead::make_all(const std::stop_token& stop, const std::vector<int>& numbers) {
  for (const int number : numbers) {
    auto context = certificates_.of(BenchHub::terminal_id(number));
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return made_.size() < contexts_ahead_max; })) return;
    made_.emplace(number, std::move(context));
    changed_.notify_all();
  }
}

seal::TlsContext ContextsAhead::take(int number) {
  std::unique_lock lock(mutex_);
  if (awaited_.erase(number) == 0) {
    lock.unlock();
    return certificates_.of(BenchHub::terminal_id(number));
  }
  changed_.wait(lock, [&] { return made_.contains(number); });
  auto node = made_.extract(number);
  changed_.notify_all();
  return std::move(node.mapped());
}

}  // namespace bianmin::bench

#include "terminal/base/in_parallel.hpp"

#include <algorithm>
#include <system_error>
#include <thread>
#include <vector>

namespace bianmin {

namespace {

std::size_t core_count() {
  static const std::size_t count =
      std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, parallel_threads_max);
  return count;
}

}  // namespace

void in_parallel(std::size_t count, std::size_t each_thread_min,
                 const std::function<void(std::size_t at)>& work) {
  const std::size_t shares = std::clamp<std::size_t>(count / each_thread_min, 1, core_count());
  const auto work_share = [&](std::size_t share) {
    for (std::size_t at = share; at < count; at += shares) work(at);
  };
  std::vector<std::thread> others;
  std::size_t given = 1;
  try {
    for (; given < shares; ++given) others.emplace_back(work_share, given);
  } catch (const std::system_error&) {
    // The machine gives no more threads: this one does what is left.
  }
  work_share(0);
  for (; given < shares; ++given) work_share(given);
  for (std::thread& other : others) other.join();
}

}  // namespace bianmin

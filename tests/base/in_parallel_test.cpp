#include "terminal/base/in_parallel.hpp"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "tests/catch.hpp"

namespace bianmin {

TEST_CASE("each thing is worked on once, whatever their number") {
  for (const std::size_t count : {0U, 1U, 2U, 3U, 7U, 64U, 1001U}) {
    std::vector<std::atomic<int>> worked_on(count);
    in_parallel(count, 1, [&](std::size_t at) { ++worked_on[at]; });
    for (const auto& times : worked_on) REQUIRE(times == 1);
  }
}

TEST_CASE("little work stays on the caller's thread") {
  std::mutex mutex;
  std::set<std::thread::id> seen;
  in_parallel(7, 4, [&](std::size_t) {
    const std::lock_guard lock(mutex);
    seen.insert(std::this_thread::get_id());
  });
  CHECK(seen == std::set{std::this_thread::get_id()});
}

}  // namespace bianmin

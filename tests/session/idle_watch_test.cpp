#include "terminal/session/idle_watch.hpp"

#include <vector>

#include "tests/catch.hpp"
#include "tests/fakes/fake_clock.hpp"

using namespace bianmin;
using session::IdleWatch;

namespace {
struct Bench {
  FakeClock clock;
  EventLoop loop{clock};
  std::vector<int> warnings;
  int ends = 0;
  IdleWatch watch{loop, {[this](int left) { warnings.push_back(left); }, [this] { ++ends; }}};

  void pass(std::int64_t ms) {
    for (std::int64_t done = 0; done < ms; done += 500) {
      clock.advance(500);
      loop.run_once(0);
    }
  }
};
}  // namespace

TEST_CASE("silence, a warning with a countdown, the end") {
  Bench bench;
  bench.watch.start({120'000, 45'000});
  bench.pass(119'500);
  CHECK(bench.warnings.empty());
  bench.pass(500);
  CHECK(bench.warnings == std::vector<int>{45});
  bench.pass(44'000);
  CHECK(bench.warnings.back() == 1);
  CHECK(bench.ends == 0);
  bench.pass(1'000);
  CHECK(bench.ends == 1);
  bench.pass(400'000);
  CHECK(bench.ends == 1);
}

TEST_CASE("activity begins the silence anew") {
  Bench bench;
  bench.watch.start({120'000, 45'000});
  for (int i = 0; i < 10; ++i) {
    bench.pass(100'000);
    bench.watch.activity();
  }
  CHECK(bench.warnings.empty());
}

TEST_CASE("only staying ends a warning, any number of times") {
  Bench bench;
  bench.watch.start({120'000, 45'000});
  for (int i = 0; i < 3; ++i) {
    bench.pass(130'000);
    CHECK(bench.watch.warning());
    bench.watch.activity();
    CHECK(bench.watch.warning());
    bench.watch.stay();
    CHECK_FALSE(bench.watch.warning());
  }
  CHECK(bench.ends == 0);
}

TEST_CASE("a stopped watch is silent") {
  Bench bench;
  bench.watch.start({120'000, 45'000});
  bench.pass(121'000);
  bench.watch.stop();
  bench.pass(400'000);
  CHECK(bench.ends == 0);
}

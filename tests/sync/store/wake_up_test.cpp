#include "sync/store/wake_up.hpp"

#include <poll.h>

#include "terminal/base/event_loop.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::store {

using test::must;

TEST_CASE("a wake-up reaches the loop of the other side, and many are one") {
  const test::TempFolder folder;
  WakeUp wake = must(WakeUp::bind(folder / "agent.wake"));
  CHECK_FALSE(wake.drain());
  const SystemClock clock;
  EventLoop loop(clock);
  int woken = 0;
  must(loop.watch(wake.fd(), POLLIN, [&](short) { woken += wake.drain() ? 1 : 0; }));
  for (int count = 0; count < 3; ++count) WakeUp::send(folder / "agent.wake");
  loop.run_once(1000);
  CHECK(woken == 1);
  loop.unwatch(wake.fd());
}

TEST_CASE("nobody listening, nowhere to listen, and a flood are harmless") {
  const test::TempFolder folder;
  WakeUp::send(folder / "nobody");
  WakeUp::send(std::string(200, 'x'));
  CHECK(test::code_of(WakeUp::bind(std::string(200, 'x'))) == "wake.unusable");
  CHECK(test::code_of(WakeUp::bind(folder / "no" / "such")) == "wake.unusable");
  WakeUp wake = must(WakeUp::bind(folder / "w"));
  for (int count = 0; count < 10'000; ++count) WakeUp::send(folder / "w");
  CHECK(wake.drain());
  CHECK_FALSE(wake.drain());
}

TEST_CASE("a path left by a dead process is taken over") {
  const test::TempFolder folder;
  { const WakeUp dead = must(WakeUp::bind(folder / "w")); }
  WakeUp alive = must(WakeUp::bind(folder / "w"));
  WakeUp::send(folder / "w");
  CHECK(alive.drain());
}

}  // namespace bianmin::store

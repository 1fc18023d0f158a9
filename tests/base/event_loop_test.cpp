#include "terminal/base/event_loop.hpp"

#include <unistd.h>

#include <atomic>
#include <thread>

#include "terminal/base/worker.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/fake_clock.hpp"

using namespace bianmin;

TEST_CASE("timers fire in the order of their time, once") {
  FakeClock clock;
  EventLoop loop(clock);
  std::string order;
  loop.after(20, [&] { order += "b"; });
  loop.after(10, [&] { order += "a"; });
  const auto cancelled = loop.after(15, [&] { order += "x"; });
  loop.cancel(cancelled);
  loop.run_once(0);
  CHECK(order.empty());
  clock.advance(30);
  loop.run_once(0);
  loop.run_once(0);
  CHECK(order == "ab");
}

TEST_CASE("a timer that cancels another that is due in the same turn wins") {
  FakeClock clock;
  EventLoop loop(clock);
  bool fired = false;
  EventLoop::TimerId second = 0;
  loop.after(1, [&] { loop.cancel(second); });
  second = loop.after(2, [&] { fired = true; });
  clock.advance(5);
  loop.run_once(0);
  CHECK_FALSE(fired);
}

TEST_CASE("a timer re-armed with no delay does not starve the loop") {
  FakeClock clock;
  EventLoop loop(clock);
  int count = 0;
  std::function<void()> again = [&] {
    ++count;
    loop.after(0, again);
  };
  loop.after(0, again);
  loop.run_once(0);
  CHECK(count == 1);
  loop.run_once(0);
  CHECK(count == 2);
}

TEST_CASE("posts from other threads arrive, in order per thread") {
  SystemClock clock;
  EventLoop loop(clock);
  constexpr int count = 1000;
  int last = -1;
  bool in_order = true;
  std::thread poster([&] {
    for (int i = 0; i < count; ++i) {
      loop.post([&, i] {
        in_order = in_order && i == last + 1;
        last = i;
        if (i == count - 1) loop.quit(7);
      });
    }
  });
  CHECK(loop.run() == 7);
  poster.join();
  CHECK(in_order);
  CHECK(last == count - 1);
}

TEST_CASE("descriptors wake the loop") {
  SystemClock clock;
  EventLoop loop(clock);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  char got = 0;
  REQUIRE(loop.watch(ends[0], POLLIN, [&](short) {
    CHECK(::read(ends[0], &got, 1) == 1);
    loop.unwatch(ends[0]);
    loop.quit(0);
  }).ok());
  REQUIRE(::write(ends[1], "k", 1) == 1);
  CHECK(loop.run() == 0);
  CHECK(got == 'k');
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("a worker runs jobs in order and refuses more than its queue holds") {
  std::atomic<bool> go = false;
  std::atomic<int> done = 0;
  bool refused = false;
  {
    Worker worker("test", 2);
    const auto job = [&](std::stop_token) {
      while (!go) std::this_thread::yield();
      ++done;
    };
    int accepted = 0;
    for (int i = 0; i < 10 && !refused; ++i) {
      const auto result = worker.submit(job);
      if (result.ok()) ++accepted;
      refused = !result.ok() && result.error().code == "worker.queue_full";
    }
    CHECK(refused);
    go = true;
    while (done < accepted) std::this_thread::yield();
  }
}

TEST_CASE("destroying a worker asks its running job to stop") {
  std::atomic<bool> stopped = false;
  std::atomic<bool> started = false;
  {
    Worker worker("test", 2);
    REQUIRE(worker.submit([&](std::stop_token stop) {
      started = true;
      while (!stop.stop_requested()) std::this_thread::yield();
      stopped = true;
    }).ok());
    while (!started) std::this_thread::yield();
  }
  CHECK(stopped);
}

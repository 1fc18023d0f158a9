// The parts of the agent that say when and how much: breaker, budget, clock.
#include "sync/agent/bandwidth_budget.hpp"
#include "sync/agent/hub_time.hpp"
#include "sync/http/breaker.hpp"
#include "tests/catch.hpp"

namespace bianmin::agent {

namespace {
std::uint32_t no_luck() { return 0; }  // the shortest of each step
}  // namespace

TEST_CASE("a breaker opens at its limit of failures, lets one through after a while, and closes") {
  http::Breaker breaker(no_luck, {3, 10'000});
  std::int64_t now_ms = 5'000;
  for (int count = 0; count < 2; ++count) {
    breaker.failed(now_ms);
    CHECK(breaker.lets_through(now_ms));
  }
  breaker.failed(now_ms);
  CHECK_FALSE(breaker.lets_through(now_ms));
  CHECK_FALSE(breaker.lets_through(now_ms + 499));
  CHECK(breaker.lets_through(now_ms + 500));
  for (int count = 0; count < 20; ++count) breaker.failed(now_ms);
  CHECK(breaker.lets_through(now_ms + 10'000));  // never longer than its most
  CHECK_FALSE(breaker.lets_through(now_ms + 4'999));
  breaker.succeeded();
  CHECK(breaker.lets_through(now_ms));
  breaker.failed(now_ms);  // and it counts from the start
  CHECK(breaker.lets_through(now_ms));
}

TEST_CASE("a nudge cuts a long wait short, but not the first second") {
  http::Breaker breaker([] { return UINT32_MAX; });
  for (int count = 0; count < 12; ++count) breaker.failed(1'000);
  CHECK_FALSE(breaker.lets_through(100'000));
  breaker.nudge();
  CHECK_FALSE(breaker.lets_through(1'999));
  CHECK(breaker.lets_through(2'000));
}

TEST_CASE("a budget without a rate is always open") {
  BandwidthBudget budget(0);
  budget.spend(1U << 30U, 0);
  CHECK(budget.open(0));
}

TEST_CASE("what was sent is paid at the rate, to the millisecond") {
  BandwidthBudget budget(1'000);
  CHECK(budget.open(1'000));
  budget.spend(1'000 * budget_saved_ms / 1'000, 1'000);  // what was saved up before the start is little
  budget.spend(10'000, 1'000);
  std::int64_t open_at_ms = 1'000;
  while (!budget.open(open_at_ms)) ++open_at_ms;
  CHECK(open_at_ms > 10'000);
  CHECK(open_at_ms <= 15'000);
}

TEST_CASE("over a day no more than the rate is sent, whatever the sizes, and nothing is left unused") {
  BandwidthBudget budget(3'000);
  std::int64_t sent = 0;
  constexpr std::int64_t day_ms = 86'400'000;
  for (std::int64_t now_ms = 0; now_ms < day_ms; now_ms += 700) {
    const std::size_t size = 1 + static_cast<std::size_t>(now_ms * 7919 % 250'000);
    if (!budget.open(now_ms)) continue;
    budget.spend(size, now_ms);
    sent += static_cast<std::int64_t>(size);
  }
  constexpr std::int64_t allowed = day_ms / 1000 * 3'000;
  CHECK(sent <= allowed + 250'000 + 3 * budget_saved_ms);
  CHECK(sent >= allowed - 250'000 - 3 * budget_saved_ms);
}

TEST_CASE("the hub's clock: an offset is measured in the middle of the round trip") {
  constexpr std::int64_t now_ms = 1'795'000'000'000;
  HubTime time(std::nullopt);
  const auto news = time.take(now_ms + 30'000, now_ms, 2'000);
  REQUIRE(news);
  CHECK(news->offset_ms == 31'000);
  CHECK(news->code.empty());
  CHECK_FALSE(time.take(now_ms + 30'500, now_ms, 2'000));  // no news
  CHECK_FALSE(time.take(now_ms + 30'000, now_ms, round_trip_most_ms + 1));
  CHECK_FALSE(time.take(now_ms + 30'000, now_ms, -1));
  const auto wrong = time.take(now_ms + clock_wrong_ms + 1, now_ms, 0);
  REQUIRE(wrong);
  CHECK(wrong->code == "clock.wrong");
}

TEST_CASE("a large step is believed only when it is seen twice in a row") {
  constexpr std::int64_t now_ms = 1'795'000'000'000;
  constexpr std::int64_t year_ms = 365LL * 86'400'000;
  HubTime time(store::ClockOffset{5'000, now_ms, ""});
  CHECK_FALSE(time.take(now_ms + year_ms, now_ms, 100));
  CHECK_FALSE(time.take(now_ms + 2 * year_ms, now_ms, 100));  // another step: not the same twice
  CHECK_FALSE(time.take(now_ms + 5'000, now_ms, 100));        // as before: forgotten
  CHECK_FALSE(time.take(now_ms + year_ms, now_ms, 100));
  const auto news = time.take(now_ms + 60'000 + year_ms, now_ms + 60'000, 100);
  REQUIRE(news);
  CHECK(news->offset_ms == year_ms + 50);
  CHECK(news->code == "clock.wrong");
}

TEST_CASE("a hub's clock before this program was built, or long after, changes nothing and is told") {
  constexpr std::int64_t now_ms = 1'795'000'000'000;
  for (const std::int64_t absurd : {std::int64_t{0}, hub_utc_least_ms - 1, hub_utc_most_ms + 1}) {
    HubTime time(store::ClockOffset{5'000, now_ms, ""});
    const auto news = time.take(absurd, now_ms, 100);
    REQUIRE(news);
    CHECK(news->code == "clock.implausible");
    CHECK(news->offset_ms == 5'000);
    CHECK_FALSE(time.take(absurd, now_ms, 100));
  }
  HubTime own_is_wrong(std::nullopt);  // 1970: an empty battery
  CHECK_FALSE(own_is_wrong.take(now_ms, 1'000, 100));
  CHECK(own_is_wrong.take(now_ms + 60'000, 61'000, 100)->code == "clock.wrong");
}

}  // namespace bianmin::agent

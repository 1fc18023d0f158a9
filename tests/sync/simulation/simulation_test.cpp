// BIANMIN_SEEDS says how many stories are told (2,000 unless told); BIANMIN_SEED=N tells one of them aloud.
#include "tests/sync/simulation/simulation.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "tests/catch.hpp"

namespace bianmin::test {

namespace {

constexpr std::uint64_t seeds_in_test = 2'000;

std::uint64_t number_in(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

// The first seed that finds it; nothing when none of those that ./test runs does.
void check_found(Planted planted, const char* name) {
  for (std::uint64_t seed = 0; seed < seeds_in_test; ++seed) {
    const Outcome outcome = run_simulation({seed, planted});
    if (outcome.failure.empty()) continue;
    fmt::print("simulation: planted '{}' is found by seed {}: {}\n", name, seed, outcome.failure);
    const Outcome again = run_simulation({seed, planted});
    CHECK(again.story == outcome.story);
    CHECK(run_simulation({seed}).failure.empty());
    return;
  }
  FAIL("no seed finds the planted mistake '" << name << "'");
}

}  // namespace

TEST_CASE("nothing is lost and nothing doubled, whatever fails") {
  if (std::getenv("BIANMIN_SEED") != nullptr) {
    const Outcome outcome = run_simulation({number_in("BIANMIN_SEED", 0)});
    fmt::print("{}", outcome.story);
    CHECK(outcome.failure == "");
    return;
  }
  const auto seeds = number_in("BIANMIN_SEEDS", seeds_in_test);
  const auto begun = std::chrono::steady_clock::now();
  std::int64_t told = 0;
  std::int64_t power_cuts = 0;
  std::int64_t restored_disks = 0;
  std::int64_t restored_hubs = 0;
  std::int64_t healed = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const Outcome outcome = run_simulation({seed});
    told += outcome.told;
    power_cuts += outcome.power_cuts;
    restored_disks += outcome.restored_disks;
    restored_hubs += outcome.restored_hubs;
    healed += outcome.healed;
    if (outcome.failure.empty()) continue;
    FAIL("seed " << seed << " (again: BIANMIN_SEED=" << seed << "): " << outcome.failure << "\n"
                 << outcome.story);
  }
  const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  fmt::print(
      "simulation: {} seeds, {} records told, {} power cuts, {} restored disks, {} restored hubs, {} records "
      "healed, {:.1f} s\n",
      seeds, told, power_cuts, restored_disks, restored_hubs, healed, took);
  CHECK(told > static_cast<std::int64_t>(seeds));
  CHECK(power_cuts > 0);
  CHECK(healed > 0);
}

TEST_CASE("a seed tells the same story again, to the letter") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Outcome first = run_simulation({seed});
    (void)run_simulation({seed + 1'000});
    REQUIRE(run_simulation({seed}).story == first.story);
  }
}

TEST_CASE("planted: an agent that drops the payload when it sends") {
  check_found(Planted::drops_when_sent, "drops when sent");
}

TEST_CASE("planted: a hub that forgets what it has") {
  check_found(Planted::forgets_duplicates, "forgets duplicates");
}

TEST_CASE("planted: a terminal that says saved before the disk has it") {
  check_found(Planted::acknowledges_early, "acknowledges early");
}

TEST_CASE("planted: a hub that signs before its disk has it") {
  check_found(Planted::receipts_early, "receipts early");
}

}  // namespace bianmin::test

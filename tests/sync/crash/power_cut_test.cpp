// The power goes at every write and every sync of a whole journey, at the terminal, at the hub and at both.
// After each cut nothing that was told is lost, nothing is doubled, and the journey goes on to its end.
#include <cstdio>
#include <cstdlib>

#include "tests/sync/crash/journey.hpp"

namespace bianmin::test {

namespace {

// Seeds at each cut point: one, or with BIANMIN_SWEEP=full all.
std::uint64_t seeds_per_cut() {
  const char* wanted = std::getenv("BIANMIN_SWEEP");
  return wanted != nullptr && std::string(wanted) == "full" ? 24 : 1;
}

constexpr std::uint64_t everything_kept = 1;  // a seed: the processes die, the disk loses nothing

class Cuts {
 public:
  Cuts(Journey& journey, Disks& disks, const Told& told) : journey_(journey), disks_(disks), told_(told) {
    disks.terminal.disk().before_change([this] { look(true); });
    disks.hub.disk().before_change([this] { look(false); });
  }

  std::int64_t points() const { return points_; }
  std::int64_t cuts() const { return cuts_; }

 private:
  void look(bool at_terminal) {
    ++points_;
    for (std::uint64_t round = 0; round < seeds_per_cut(); ++round) {
      ++cuts_;
      const std::uint64_t seed = static_cast<std::uint64_t>(points_) + 1000 * round;
      const bool both = cuts_ % 3 == 0;
      Disks after(disks_.terminal.disk().after_power_cut(at_terminal || both ? seed : everything_kept),
                  disks_.hub.disk().after_power_cut(!at_terminal || both ? seed + 2 : everything_kept));
      INFO("point " << points_ << ", seed " << seed << (at_terminal ? ", terminal" : ", hub"));
      Told told = told_;
      journey_.check(after, told);
      must(journey_.run(after, told));
      journey_.check(after, told);
      journey_.check_end(after);
    }
  }

  Journey& journey_;
  Disks& disks_;
  const Told& told_;
  std::int64_t points_ = 0;
  std::int64_t cuts_ = 0;
};

}  // namespace

TEST_CASE("power cuts at every write and sync of a journey: nothing told is lost, nothing is doubled") {
  Journey journey;
  Disks disks;
  Told told;
  const Cuts cuts(journey, disks, told);
  must(journey.run(disks, told));
  CHECK(cuts.points() > 300);
  std::printf("crash: %lld cut points, %lld power cuts, each continued to the end of the journey\n",
              static_cast<long long>(cuts.points()), static_cast<long long>(cuts.cuts()));
}

}  // namespace bianmin::test

// Kills processes of a site with SIGKILL at random moments of journeys, again and again, and keeps count of
// what the residents were told.
#pragma once

#include <random>
#include <set>
#include <string>

#include "tests/e2e/site.hpp"

namespace bianmin::e2e {

struct KillCount {
  int kills = 0;
  int told_saved = 0;  // cases whose number a screen showed as saved
  int whole_slips = 0;
  std::set<std::string> lost;  // of those, the ones the hub never got
  std::string problem;         // empty: all went as it must
};

class KillLoop {
 public:
  KillLoop(Site& site, unsigned seed) : site_(site), random_(seed) {}

  // Plays journeys and kills until `kills` is reached, then lets everything settle and compares with the hub.
  KillCount run(int kills);

 private:
  void journey_with_a_kill();
  void play_until_killed();
  bool alive_step(const Result<void>& done);
  bool kill_one();  // false: it was not running just then
  void note_screen();
  void settle();
  Result<void> must(Result<void> done, const std::string& what);

  Site& site_;
  std::mt19937 random_;
  KillCount count_;
  std::set<std::string> told_;  // case numbers shown with "saved here"
};

}  // namespace bianmin::e2e

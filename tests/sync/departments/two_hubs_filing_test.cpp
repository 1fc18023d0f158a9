// Several terminals, two hubs over one database, and a department with every fault: each record is there
// exactly once, by the department's own count, and the dead letters are those that it refuses.
#include <fmt/format.h>

#include <array>
#include <set>

#include "tests/sync/departments/lane_scene.hpp"
#include "tests/sync/simulation/dice.hpp"

namespace bianmin::hub {

using test::DepartmentFault;
using test::Lane;
using test::LaneScene;
using test::must;

namespace {

constexpr int filed_cases = 240;

struct Story {
  explicit Story(std::uint64_t seed, std::string_view book, int fault_count) : scene(book), dice(seed) {
    for (int number = 2; number <= 3; ++number) {
      more.push_back(
          std::make_unique<test::EnrolledTerminalInProcess>(scene.scene.hub, fmt::format("T-000{}", number)));
    }
    scene.simulator.next_fault = [this, fault_count] {
      if (!dice.chance(fault_percent)) return DepartmentFault::none;
      return static_cast<DepartmentFault>(dice.below(static_cast<std::uint64_t>(fault_count)));
    };
    scene.simulator.in_the_middle = [this] {
      if (std::exchange(nested, true)) return;
      if (dice.chance(30)) (void)lanes[1 - busy_lane]->lane.turn();  // the other hub goes on meanwhile
      nested = false;
    };
  }
  test::EnrolledTerminalInProcess& any_terminal() {
    const auto at = dice.below(more.size() + 1);
    return at == 0 ? scene.scene.terminal : *more[at - 1];
  }
  void hand_in() {
    auto& terminal = any_terminal();
    const bool refused = dice.chance(5);
    const auto saved = terminal.save(test::sample_case(refused ? std::string(test::refused_answer) : "本人"));
    if (dice.chance(30)) terminal.save(test::sample_rating(saved.case_no));
    (void)terminal.agent->turn();
  }
  // A hub takes a record to the department and dies before it can write down what came of it.
  void die_over_one() {
    const auto claimed = must(scene.queue().claim("pensions", "a hub that dies", 60'000));
    if (!claimed) return;
    (void)lanes[0]->department->file(must(
        open_unfiled(scene.scene.hub.database(), scene.scene.hub.custody(), claimed->record, "pensions")));
    ++deaths;
  }
  void turn() {
    busy_lane = dice.below(2);
    const auto wait_ms = lanes[busy_lane]->lane.turn();
    scene.clock().advance(dice.chance(20) ? wait_ms : static_cast<std::int64_t>(dice.below(50)));
  }
  void run() {
    for (std::size_t at = 0; at < lanes.size(); ++at) {
      lanes[at] = std::make_unique<Lane>(scene.scene.hub, scene.simulator, fmt::format("hub {}", at), 77);
    }
    for (int count = 0; count < filed_cases;) {
      if (dice.chance(30)) {
        hand_in();
        ++count;
      }
      if (dice.chance(3)) die_over_one();
      if (dice.chance(2)) {  // a hub starts anew
        const auto at = dice.below(2);
        lanes[at] =
            std::make_unique<Lane>(scene.scene.hub, scene.simulator, fmt::format("hub {} again", at), 77);
      }
      turn();
    }
    for (int turns = 0; scene.count().waiting > 0; ++turns) {
      REQUIRE(turns < 100'000);
      busy_lane = static_cast<std::size_t>(turns) % 2;
      scene.clock().advance(lanes[busy_lane]->lane.turn());
    }
  }

  static constexpr int fault_percent = 50;
  LaneScene scene;
  test::Dice dice;
  std::vector<std::unique_ptr<test::EnrolledTerminalInProcess>> more;
  std::array<std::unique_ptr<Lane>, 2> lanes;
  std::size_t busy_lane = 0;
  bool nested = false;
  int deaths = 0;
};

void check_exactly_once(Story& story) {
  auto& database = story.scene.scene.hub.database();
  const auto entries = story.scene.simulator.entries();
  const auto refused = story.scene.simulator.refused();
  const auto count = story.scene.count();
  CHECK(count.filed == static_cast<std::int64_t>(entries.size()));
  CHECK(count.dead == static_cast<std::int64_t>(refused.size()));
  CHECK(refused.size() > 3);
  const auto report = story.scene.scene.hub.report();
  CHECK(report.records == static_cast<std::int64_t>(entries.size() + refused.size()));
  CHECK(report.duplicates == 0);
  CHECK(report.cases == filed_cases);

  std::set<std::string> dead;
  for (const auto& letter : must(story.scene.queue().dead_letters())) dead.insert(to_hex(letter.record.id));
  CHECK(dead == refused);
  std::set<std::string> cases;
  std::int64_t asked_count = 0;
  bool same_numbers = true;
  for (const auto& [key, entry] : entries) {
    asked_count += entry.asked_count;
    CHECK_FALSE(refused.contains(key));
    if (entry.body["kind"] != "case") continue;
    const auto case_no = entry.body["case_no"].get<std::string>();
    cases.insert(case_no);
    same_numbers &= must(describe_case(database, case_no))["acceptance_no"] == entry.number;
  }
  CHECK(same_numbers);
  CHECK(static_cast<std::int64_t>(cases.size()) == report.accepted);
  CHECK(static_cast<std::int64_t>(cases.size() + refused.size()) >= filed_cases);
  CHECK(asked_count > static_cast<std::int64_t>(entries.size()) + 20);  // it was asked more than once, often
  CHECK(story.deaths > 3);
}

}  // namespace

TEST_CASE("REST: the department's count and the hubs' count agree, whatever goes wrong") {
  for (const std::uint64_t seed : {1U, 2U}) {
    INFO("seed " << seed);
    Story story(seed, test::rest_book, test::rest_fault_count);
    story.run();
    check_exactly_once(story);
  }
}

TEST_CASE("X-Road: the department's count and the hubs' count agree, whatever goes wrong") {
  Story story(3, test::road_book, test::road_fault_count);
  story.run();
  check_exactly_once(story);
}

}  // namespace bianmin::hub

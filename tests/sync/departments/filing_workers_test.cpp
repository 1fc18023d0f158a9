// Two hubs' threads and real sockets: what is slow holds up nobody else, what is lost comes again, once.
#include "sync/hub/filing/filing_workers.hpp"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "sync/hub/filing/retention.hpp"
#include "tests/fakes/department_server.hpp"
#include "tests/sync/departments/lane_scene.hpp"

namespace bianmin::hub {

using test::DepartmentFault;
using test::LaneScene;
using test::must;

namespace {

constexpr int workers_patience_ms = 60'000;

FilingWorkers::MakeOpener opener_of(const std::filesystem::path& folder) {
  return [folder]() -> Result<std::unique_ptr<custody::RecordOpener>> {
    auto keeper = custody::LocalCustody::load(folder);
    if (!keeper) return keeper.error();
    return std::unique_ptr<custody::RecordOpener>(std::move(keeper).value());
  };
}

// A hub on the real clock, because its workers are.
struct WorkersScene {
  explicit WorkersScene(const std::string& book) : lanes(book), log(clock) {
    lanes.clock().set_utc_ms(clock.utc_ms());
    lanes.scene.hub.resume();
  }
  std::unique_ptr<FilingWorkers> start() {
    const auto& hub = lanes.scene.hub;
    return must(FilingWorkers::start(hub.folder(), hub.book(), opener_of(hub.folder()), clock, log.get()));
  }
  bool wait(const std::function<bool()>& reached) const {
    const auto until = clock.steady_ms() + workers_patience_ms;
    while (!reached()) {
      if (clock.steady_ms() > until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }
  std::int64_t filed(const std::string& department) {
    for (const auto& count : must(lanes.queue().counts())) {
      if (count.department == department) return count.filed;
    }
    return 0;
  }
  SystemClock clock;
  LaneScene lanes;
  test::QuietLog log;
};

}  // namespace

TEST_CASE("two hubs bring every record over real sockets, through every fault of the line, exactly once") {
  test::DepartmentSimulator simulator;
  std::atomic<std::size_t> at = 0;
  simulator.retry_after = "1";
  simulator.next_fault = [&] {
    constexpr DepartmentFault faults[] = {DepartmentFault::lost_answer, DepartmentFault::none,
                                          DepartmentFault::partial,     DepartmentFault::none,
                                          DepartmentFault::oversize,    DepartmentFault::redirect,
                                          DepartmentFault::none,        DepartmentFault::slow,
                                          DepartmentFault::none,        DepartmentFault::busy};
    const std::size_t next = at++;
    return next < std::size(faults) ? faults[next] : DepartmentFault::none;
  };
  const test::DepartmentServer server(simulator);
  WorkersScene scene(fmt::format(
      R"({{"departments": {{"pensions": {{"kind": "rest", "url": "{}", "per_second": 1000, "parallel": 2, "timeout_ms": 300}}}},
          "services": {{"*": "pensions"}}}})",
      server.url("/cases")));
  const auto one = scene.start();
  const auto two = scene.start();
  for (int count = 0; count < 40; ++count) scene.lanes.take();
  CHECK(scene.wait([&] { return scene.filed("pensions") == 40; }));
  const auto entries = simulator.entries();
  CHECK(entries.size() == 40);
  std::int64_t asked_count = 0;
  for (const auto& [key, entry] : entries) asked_count += entry.asked_count;
  CHECK(asked_count >= 44);  // lost, partial, oversize, slow
  CHECK(scene.lanes.scene.hub.report().accepted == 40);
}

TEST_CASE(
    "a department that does not answer holds up neither the hub nor another department, nor the hub's end") {
  test::DepartmentSimulator slow;
  slow.next_fault = [] { return DepartmentFault::slow; };
  test::DepartmentSimulator quick;
  const test::DepartmentServer slow_server(slow);
  const test::DepartmentServer quick_server(quick);
  WorkersScene scene(fmt::format(
      R"({{"departments": {{"slow": {{"kind": "rest", "url": "{}", "timeout_ms": 300000}},
                            "quick": {{"kind": "rest", "url": "{}", "per_second": 1000}}}},
          "services": {{"household-*": "slow", "*": "quick"}}}})",
      slow_server.url("/cases"), quick_server.url("/cases")));
  auto workers = scene.start();
  auto record = test::sample_case();
  record.service_id = "household-move";
  scene.lanes.take(record);
  REQUIRE(scene.wait([&] { return slow.request_count() == 1; }));
  for (int count = 0; count < 10; ++count) scene.lanes.take();
  CHECK(scene.wait([&] { return scene.filed("quick") == 10; }));
  const auto begun = scene.clock.steady_ms();
  workers.reset();
  CHECK(scene.clock.steady_ms() - begun < 10'000);
  scene.lanes.clock().set_utc_ms(scene.clock.utc_ms());
  const auto again = must(scene.lanes.queue().claim("slow", "another hub", 1'000));  // given back, not leased
  REQUIRE(again);
  CHECK(again->attempts == 0);
}

TEST_CASE("who files also lets go of what was filed long ago, as hub.conf says") {
  constexpr std::int64_t day_ms = 86'400'000;
  test::DepartmentSimulator simulator;
  const test::DepartmentServer server(simulator);
  WorkersScene scene(fmt::format(
      R"({{"departments": {{"pensions": {{"kind": "rest", "url": "{}"}}}}, "services": {{"*": "pensions"}}}})",
      server.url("/cases")));
  auto workers = scene.start();
  scene.lanes.take();
  REQUIRE(scene.wait([&] { return scene.filed("pensions") == 1; }));
  workers.reset();
  auto& database = scene.lanes.scene.hub.database();
  const auto rows = [&] { return must(database.prepare("SELECT count(*) FROM filing").number()); };
  auto long_ago = database.prepare("UPDATE filing SET changed_utc_ms = changed_utc_ms - ?");
  must(long_ago.bind(20 * day_ms).run());
  workers = scene.start();  // 30 days
  scene.lanes.take();
  REQUIRE(scene.wait([&] { return scene.filed("pensions") == 2; }));
  workers.reset();
  CHECK(rows() == 2);
  const auto settings = scene.lanes.scene.hub.folder() / hub_settings_file;
  const auto before = read_file(settings, 10'000);
  must(write_file_durably(settings, view_of((before ? text_of(*before) : "") + "filed_days = 10\n")));
  workers = scene.start();
  CHECK(scene.wait([&] { return rows() == 1; }));
  CHECK(scene.filed("pensions") == 2);
  workers.reset();
  must(write_file_durably(settings, view_of("filed_days = 0\n")));
  CHECK(test::code_of(filed_days(scene.lanes.scene.hub.folder())) == "config.bad_number");
}

TEST_CASE("workers do not start without what they need") {
  WorkersScene scene{std::string(test::rest_book)};
  const auto& hub = scene.lanes.scene.hub;
  std::filesystem::remove(hub.folder() / "custody" / "seal.key");
  CHECK_FALSE(
      FilingWorkers::start(hub.folder(), hub.book(), opener_of(hub.folder()), scene.clock, scene.log.get())
          .ok());
}

}  // namespace bianmin::hub

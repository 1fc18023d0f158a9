// A hub whose cases go to a simulated department, and lanes to it.
#pragma once

#include "sync/departments/connected_department.hpp"
#include "sync/hub/filing/filing_lane.hpp"
#include "terminal/base/files.hpp"
#include "tests/fakes/department_simulator.hpp"
#include "tests/sync/hub/scene.hpp"

namespace bianmin::test {

inline constexpr std::string_view rest_book =
    R"({"departments": {"pensions": {"kind": "rest", "url": "https://pensions.example/cases", "ca": "x.crt",
                                     "states_url": "https://pensions.example/states", "per_second": 1000}},
        "services": {"pension-*": "pensions"}})";
inline constexpr std::string_view road_book =
    R"({"departments": {"pensions": {"kind": "x-road", "url": "https://server.example", "ca": "x.crt",
                                     "client": ["CN", "GOV", "1", "kiosks"], "path": "/cases",
                                     "service": ["CN", "GOV", "2", "pensions", "cases"], "per_second": 1000}},
        "services": {"pension-*": "pensions"}})";

// Custody that fails when it is told to.
class FailingCustody : public custody::RecordOpener {
 public:
  explicit FailingCustody(custody::RecordOpener& opener) : opener_(opener) {}
  Result<record::CaseRecord> open_record(const record::RecordId& id, ByteView sealed,
                                         const custody::Reason& reason) override {
    if (failure && asked_count++ < fails_for) return *failure;
    return opener_.open_record(id, sealed, reason);
  }
  Result<SecretBytes> open_certificate(ByteView aad, ByteView sealed,
                                       const custody::Reason& reason) override {
    return opener_.open_certificate(aad, sealed, reason);
  }
  Result<seal::NumberedKey> newest_key(const seal::Profile& profile) override {
    return opener_.newest_key(profile);
  }
  std::optional<Error> failure;
  std::int64_t fails_for = INT32_MAX;  // so many times
  std::int64_t asked_count = 0;

 private:
  custody::RecordOpener& opener_;
};

// What one hub process has for one department.
struct Lane {
  Lane(const HubInProcess& hub, DepartmentSimulator& simulator, const std::string& name,
       std::uint32_t luck = 0)
      : opener(must(custody::LocalCustody::load(hub.folder()))),
        sealer(hub.folder()),
        database(must(hub::open_hub_database(hub.folder()))),
        log(hub.clock),
        client(simulator),
        department(departments::make_department(*hub.book().named("pensions"), client)),
        settings(*hub.book().named("pensions")),
        clock(hub.clock),
        name(name),
        luck(luck),
        lane(parts(*opener)) {}
  hub::LaneParts parts(custody::RecordOpener& through) {
    return {*database, through, sealer,    *department,
            settings,  clock,   log.get(), [luck = luck] { return luck; },
            name};
  }

  std::unique_ptr<custody::LocalCustody> opener;
  custody::Sealer sealer;
  std::unique_ptr<database::Database> database;
  QuietLog log;
  SimulatedClient client;
  std::unique_ptr<departments::Department> department;
  const departments::DepartmentSettings& settings;
  const Clock& clock;
  std::string name;
  std::uint32_t luck;
  hub::FilingLane lane;
};

struct LaneScene {
  explicit LaneScene(std::string_view book = rest_book) {
    must(write_file_durably(scene.hub.folder() / departments::department_book_file, view_of(book)));
    scene.hub.restart();
  }
  // A case in the hub, not yet anywhere else.
  store::Saved take(const std::string& answer = "本人") { return take(sample_case(answer)); }
  store::Saved take(const record::CaseRecord& record) {
    const auto saved = scene.terminal.save(record);
    (void)scene.terminal.agent->turn();
    return saved;
  }
  FakeClock& clock() { return scene.hub.clock; }
  hub::FilingQueue queue() { return {scene.hub.database(), scene.hub.clock}; }
  hub::DepartmentCount count() {
    const auto counts = must(queue().counts());
    return counts.empty() ? hub::DepartmentCount{} : counts.at(0);
  }
  // Turns until nothing waits, over all pauses.
  void turn_until_quiet(Lane& lane, int turns_max = 2'000) {
    for (int turn = 0; turn < turns_max; ++turn) {
      if (count().waiting == 0) return;
      clock().advance(lane.lane.turn());
    }
    FAIL("the lane does not come to rest");
  }
  Scene scene;
  DepartmentSimulator simulator;
};

}  // namespace bianmin::test

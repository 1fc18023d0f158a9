// Two hubs over one database, at the same moment: what they do is what one would have done.
#include <set>
#include <thread>

#include "sync/hub/ingest/quarantine.hpp"
#include "sync/hub/watch/chain_watch.hpp"
#include "tests/sync/hub/scene.hpp"

namespace bianmin::hub {

using test::must;
using test::Scene;

namespace {

// Everything that a second hub process has of its own.
struct SecondHub {
  std::filesystem::path folder;
  const Clock& clock;
  HubKeys keys = must(HubKeys::load(folder));
  std::unique_ptr<custody::LocalCustody> custody = must(custody::LocalCustody::load(folder));
  std::unique_ptr<database::Database> database = must(open_hub_database(folder));
  Ingest ingest{*database, keys, *custody, clock};
  custody::Sealer sealer{folder};
  EmbeddedRegister department{*database, sealer, clock};
  Filing filing{*database, *custody, department};
  explicit SecondHub(test::HubInProcess& first) : folder(first.folder()), clock(first.clock) {}
};

// A terminal sends again what was busy.
Result<Bytes> take_at_last(Ingest& ingest, const std::string& who, const Bytes& upload) {
  constexpr int attempts_max = 50;
  for (int attempt = 1;; ++attempt) {
    auto receipt = ingest.take(who, upload);
    if (receipt || receipt.error().code != "store.busy" || attempt == attempts_max) return receipt;
  }
}

template <typename First, typename Second>
void at_once(const First& first, const Second& second) {
  std::thread thread(second);
  first();
  thread.join();
}

}  // namespace

TEST_CASE("the same upload at two hubs: one record, and both give the same receipt") {
  Scene scene;
  SecondHub other(scene.hub);
  constexpr std::size_t count = 40;
  for (std::uint64_t seq = 1; seq <= count; ++seq) scene.terminal.save();
  std::vector<Bytes> uploads;
  for (std::uint64_t seq = 1; seq <= count; ++seq) uploads.push_back(record::encode(scene.upload_of(seq)));
  std::vector<Result<Bytes>> here;
  std::vector<Result<Bytes>> there;
  at_once(
      [&] {
        for (const auto& upload : uploads) here.push_back(take_at_last(scene.ingest, "T-0001", upload));
      },
      [&] {
        for (const auto& upload : uploads) there.push_back(take_at_last(other.ingest, "T-0001", upload));
      });
  for (std::size_t at = 0; at < count; ++at) CHECK(must(here[at]) == must(there[at]));
  const auto report = scene.hub.report();
  CHECK(report.records == std::int64_t{count});
  CHECK(report.duplicates == 0);
  CHECK(report.gaps == 0);
  CHECK(report.quarantined == 0);
  CHECK(report.events == 0);
}

TEST_CASE("one terminal's records in any order at two hubs: the head is the highest, no gap stays") {
  Scene scene;
  SecondHub other(scene.hub);
  for (int count = 0; count < 40; ++count) scene.terminal.save();
  std::vector<Bytes> odd;
  std::vector<Bytes> even;
  for (std::uint64_t seq = 40; seq >= 1; --seq) {
    (seq % 2 != 0 ? odd : even).push_back(record::encode(scene.upload_of(seq)));
  }
  bool good = true;
  bool other_good = true;
  at_once(
      [&] {
        for (const auto& upload : odd) good &= take_at_last(scene.ingest, "T-0001", upload).ok();
      },
      [&] {
        for (const auto& upload : even) other_good &= take_at_last(other.ingest, "T-0001", upload).ok();
      });
  CHECK(good);
  CHECK(other_good);
  CHECK(scene.hub.report().records == 40);
  CHECK(scene.hub.report().quarantined == 0);
  CHECK(must(scene.hub.database().prepare("SELECT count(*) FROM gap").number()) == 0);
  auto head = scene.hub.database().prepare("SELECT head_seq FROM enrolment WHERE life = 'open'");
  CHECK(must(head.number()) == 40);
}

TEST_CASE("one case rated at two terminals at the same moment is rated once") {
  for (int round = 0; round < 5; ++round) {
    Scene scene;
    SecondHub other(scene.hub);
    test::EnrolledTerminalInProcess elsewhere(scene.hub, "T-0002");
    const auto saved = scene.terminal.save();
    must(scene.take(scene.upload_of(1)));
    scene.terminal.save(test::sample_rating(saved.case_no));
    elsewhere.save(test::sample_rating(saved.case_no));
    const Bytes one = record::encode(scene.upload_of(2));
    const Bytes two = record::encode(must(elsewhere.outbox->pending(1)).at(0).upload);
    bool good = false;
    bool other_good = false;
    at_once([&] { good = take_at_last(scene.ingest, "T-0001", one).ok(); },
            [&] { other_good = take_at_last(other.ingest, "T-0002", two).ok(); });
    CHECK(good);
    CHECK(other_good);
    CHECK(scene.hub.report().ratings == 1);
    CHECK(scene.hub.report().refused == 1);  // "hub.already_rated"
  }
}

TEST_CASE("two hubs that file everything at the same moment: each record has one entry") {
  Scene scene;
  SecondHub other(scene.hub);
  for (int count = 0; count < 30; ++count) scene.terminal.save();
  for (std::uint64_t seq = 1; seq <= 30; ++seq) must(scene.take(scene.upload_of(seq)));
  const custody::Sealer sealer(scene.hub.folder());
  EmbeddedRegister department(scene.hub.database(), sealer, scene.hub.clock);
  Filing filing(scene.hub.database(), scene.hub.custody(), department);
  at_once([&] { (void)filing.file_all(); }, [&] { (void)other.filing.file_all(); });
  must(filing.file_all());  // for what one of them found busy
  const auto report = scene.hub.report();
  CHECK(report.accepted == 30);
  CHECK(report.duplicates == 0);
  CHECK(must(scene.hub.database().prepare("SELECT count(*) FROM department_entry").number()) == 30);
  auto numbers = scene.hub.database().prepare("SELECT count(DISTINCT acceptance_no) FROM case_file");
  CHECK(must(numbers.number()) == 30);
}

TEST_CASE("released by two operators at the same moment: one case, one receipt") {
  Scene scene;
  SecondHub other(scene.hub);
  scene.terminal.save();
  const auto restored = scene.copy_of_disk("restored.db");
  scene.terminal.save();
  scene.terminal.turn_until_quiet();
  const auto branch = scene.uploads_after_a_case_in(*restored).back();
  REQUIRE(test::code_of(scene.take(branch)) == "hub.fork");
  const auto digest = seal::sha256(branch.envelope);
  const auto release = [&](Ingest& ingest, const std::string& name) {
    Result<Bytes> receipt = Error{};
    for (int attempt = 0; attempt < 50 && !receipt; ++attempt)
      receipt = ingest.release(digest, {name, "looked"});
    return receipt;
  };
  Result<Bytes> here = Error{};
  Result<Bytes> there = Error{};
  at_once([&] { here = release(scene.ingest, "one"); }, [&] { there = release(other.ingest, "two"); });
  CHECK(must(here) == must(there));
  CHECK(scene.hub.report().released == 1);
  CHECK(scene.hub.report().records == 3);
}

TEST_CASE("terminals enrolled at two hubs at the same moment have numbers of their own") {
  test::HubInProcess hub;
  const test::TempFolder folder;
  const auto enrol = [&](const std::string& name, const std::string& terminal,
                         std::set<std::uint32_t>& numbers) {
    for (int attempt = 0; attempt < 50; ++attempt) {
      auto enrolled = enrol_terminal(hub.folder(), {terminal, folder / name, "https://h"}, hub.clock);
      if (!enrolled) continue;
      numbers.insert(enrolled->enrolment_no);
      for (const Life& spare : enrolled->spares) numbers.insert(spare.enrolment_no);
      return;
    }
  };
  std::set<std::uint32_t> here;
  std::set<std::uint32_t> there;
  at_once(
      [&] {
        for (int at = 0; at < 3; ++at) enrol("a" + std::to_string(at), "T-0001", here);
      },
      [&] {
        for (int at = 0; at < 3; ++at) enrol("b" + std::to_string(at), "T-0001", there);
      });
  CHECK(here.size() == 3 * (1 + spare_lives));
  CHECK(there.size() == 3 * (1 + spare_lives));
  for (const auto number : here) CHECK_FALSE(there.contains(number));
  auto epochs = hub.database().prepare("SELECT max(epoch) FROM enrolment");
  CHECK(must(epochs.number()) == 6 * (1 + spare_lives));
}

TEST_CASE("a gap that stays is told once, however many hubs look") {
  Scene scene;
  SecondHub other(scene.hub);
  for (int count = 0; count < 3; ++count) scene.terminal.save();
  must(scene.take(scene.upload_of(3)));
  scene.hub.clock.advance(gap_event_after_ms);
  ChainWatch one(scene.hub.database(), scene.hub.clock);
  ChainWatch two(*other.database, scene.hub.clock);
  int here = 0;
  int there = 0;
  at_once([&] { here = one.look().ok() ? 1 : 0; }, [&] { there = two.look().ok() ? 1 : 0; });
  CHECK(here + there >= 1);
  (void)one.look();
  CHECK(scene.count_of("gap") == 1);
}

}  // namespace bianmin::hub

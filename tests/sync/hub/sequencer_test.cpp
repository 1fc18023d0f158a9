// Each record gets one leaf, in one order, whoever runs the sequencer and whenever it stops.
#include "sync/hub/proof/sequencer.hpp"

#include <set>
#include <thread>

#include "sync/hub/store/operator_events.hpp"
#include "tests/sync/hub/proof_hub.hpp"

namespace bianmin::hub {

using test::must;
using test::ProofHub;

namespace {

std::int64_t events_of(ProofHub& scene, const std::string& kind) {
  std::int64_t count = 0;
  for (const auto& event : must(list_events(scene.hub.database()))) count += event.kind == kind ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("cases, ratings, documents and what was refused: each has one leaf, in the order of its arrival") {
  ProofHub scene;
  CHECK(scene.sequence() == 0);
  const auto slip = scene.save_case();
  scene.terminal.save(test::sample_rating(slip.case_no));
  scene.terminal.save(test::sample_rating(slip.case_no));  // refused: a case is rated once
  scene.terminal.save(test::sample_document(slip.case_no, bytes_of("%PDF-1.7")));
  scene.terminal.turn_until_quiet();
  CHECK(must(scene.sequencer.run(0)) == 0);  // no more batches than allowed
  CHECK(must(scene.sequencer.run(1)) == 4);
  CHECK(scene.sequence() == 0);
  CHECK(scene.number("SELECT count(*) FROM proof_leaf") == 4);
  CHECK(scene.number("SELECT count(*) FROM proof_leaf WHERE mark IS NOT NULL") == 1);
  CHECK(scene.number("SELECT count(*) FROM proof_leaf WHERE position <> seq - 1") == 0);
  CHECK(scene.number("SELECT count(*) FROM record WHERE proven = 0") == 0);
  CHECK(scene.head().tree.size == 4);
  CHECK(scene.head().utc_ms == scene.hub.clock.utc_ms());
}

TEST_CASE("every record that came has its leaf, however the runs fall between them") {
  ProofHub scene;
  test::EnrolledTerminalInProcess second(scene.hub, "T-0002");
  std::vector<record::Slip> slips;
  for (int round = 0; round < 12; ++round) {
    for (int count = 0; count <= round % 4; ++count) slips.push_back(scene.save_case());
    slips.push_back(ProofHub::save_case(second));
    scene.terminal.turn_until_quiet();
    second.turn_until_quiet();
    if (round % 3 == 0) (void)scene.sequence();
    if (round == 7) scene.hub.clock.set_utc_ms(scene.hub.clock.utc_ms() - 3'600'000);  // set back an hour
  }
  (void)scene.sequence();
  CHECK(scene.head().tree.size == slips.size());
  std::set<std::uint64_t> positions;
  for (const auto& slip : slips) positions.insert(must(scene.prove(slip)).index);
  CHECK(positions.size() == slips.size());
  CHECK(*positions.rbegin() == slips.size() - 1);
  CHECK(scene.number("SELECT count(*) FROM proof_head a JOIN proof_head b ON a.profile = b.profile AND "
                     "a.size < b.size AND a.signed_utc_ms > b.signed_utc_ms") == 0);
}

TEST_CASE("a tree for each profile, each with its own digest and key") {
  ProofHub scene;
  test::EnrolledTerminalInProcess guomi(scene.hub, "T-0003", "gm-1");
  const auto first = scene.save_case();
  const auto second = ProofHub::save_case(guomi);
  scene.terminal.turn_until_quiet();
  guomi.turn_until_quiet();
  CHECK(scene.sequence() == 2);
  CHECK(must(scene.prove(first)).head.profile == "intl-1");
  CHECK(must(scene.prove(second, "gm-1")).head.profile == "gm-1");
  CHECK(test::code_of(scene.prove(second)) == "hub.no_proof");
  CHECK(scene.head("gm-1").tree.size == 1);
}

TEST_CASE("a batch that fails at any of its statements leaves nothing, and is done anew") {
  if (test::on_postgresql()) return;  // the triggers are SQLite's
  ProofHub scene;
  for (int count = 0; count < 3; ++count) (void)scene.save_case();
  scene.terminal.turn_until_quiet();
  for (const char* table : {"proof_tile", "proof_leaf", "proof_head"}) {
    must(scene.hub.database().execute("CREATE TRIGGER stop BEFORE INSERT ON " + std::string(table) +
                                      " BEGIN SELECT raise(ABORT, 'the test says so'); END"));
    CHECK_FALSE(scene.sequencer.run().ok());
    must(scene.hub.database().execute("DROP TRIGGER stop"));
    CHECK(scene.number("SELECT count(*) FROM proof_leaf") == 0);
    CHECK(scene.number("SELECT count(*) FROM record WHERE proven = 1") == 0);
  }
  CHECK(scene.sequence() == 3);
  CHECK(events_of(scene, "damaged_tree") == 0);
}

TEST_CASE("two sequencers over one database: one tree, no leaf twice, every two heads consistent") {
  ProofHub scene;
  constexpr int cases = 150;
  std::vector<record::Slip> slips;
  for (int count = 0; count < cases; ++count) slips.push_back(scene.save_case());
  scene.terminal.turn_until_quiet();
  const auto one_by_one = [&scene] {
    const auto keys = HubKeys::load(scene.hub.folder());
    const auto database = open_hub_database(scene.hub.folder());
    if (!keys || !database) return false;
    Sequencer sequencer(**database, *keys, scene.hub.clock);
    for (int run = 0; run < 200; ++run) {
      if (auto done = sequencer.run(); !done) return false;
    }
    return true;
  };
  // Records come back to the queue's end one by one, as they would from the network.
  must(scene.hub.database().execute("UPDATE record SET proven = 2"));
  bool first_good = false;
  bool second_good = false;
  std::thread first([&] { first_good = one_by_one(); });
  std::thread second([&] { second_good = one_by_one(); });
  for (int seq = 1; seq <= cases; ++seq) {
    auto row = scene.hub.database().prepare("UPDATE record SET proven = 0 WHERE seq = ?");
    must(row.bind(seq).run());
  }
  first.join();
  second.join();
  CHECK(first_good);
  CHECK(second_good);
  (void)scene.sequence();
  CHECK(scene.head().tree.size == cases);
  for (const auto& slip : slips) CHECK(scene.prove(slip).ok());
  auto sizes = scene.hub.database().prepare("SELECT size FROM proof_head ORDER BY size");
  std::uint64_t before = 0;
  while (must(sizes.step())) {
    const std::uint64_t size = sizes.unsigned_integer(0);
    if (before != 0) {
      const auto consistency = must(scene.proofs.prove_consistency(scene.profile(), before, size));
      CHECK(proof::check_consistency(proof::encode(consistency), scene.key()).ok());
    }
    before = size;
  }
}

TEST_CASE("a tree that was changed behind the hub's back is not signed over") {
  const std::string changes[] = {
      "UPDATE proof_tile SET hashes = (SELECT head FROM proof_head LIMIT 1) WHERE level = 0",
      "UPDATE proof_tree SET size = 2 WHERE profile = 'intl-1'",
      "UPDATE proof_head SET head = (SELECT hashes FROM proof_tile LIMIT 1)",
      "DELETE FROM proof_head",
      "DELETE FROM proof_tile",
  };
  for (const std::string& change : changes) {
    INFO(change);
    ProofHub scene;
    for (int count = 0; count < 3; ++count) (void)scene.save_case();
    scene.terminal.turn_until_quiet();
    CHECK(scene.sequence() == 3);
    must(scene.hub.database().execute(change));
    const auto slip = scene.save_case();
    scene.terminal.turn_until_quiet();  // records are still taken
    const auto heads = scene.number("SELECT count(*) FROM proof_head");
    CHECK(test::code_of(scene.sequencer.run()).starts_with("proof.damaged_t"));
    CHECK(test::code_of(scene.sequencer.run()).starts_with("proof.damaged_t"));
    CHECK(scene.number("SELECT count(*) FROM proof_head") == heads);
    CHECK(events_of(scene, "damaged_tree") == 1);
    CHECK(test::code_of(scene.prove(slip)) == "hub.no_proof");
  }
}

}  // namespace bianmin::hub

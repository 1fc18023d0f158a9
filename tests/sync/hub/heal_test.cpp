// A hub restored from an older copy has lost its newest records, and its terminals give them back.
#include "sync/hub/service/heads.hpp"

#include "sync/departments/connected_department.hpp"
#include "sync/hub/backup/adopt.hpp"
#include "sync/store/dead_letters.hpp"
#include "sync/store/hub_heads.hpp"
#include "sync/store/journal_recovery.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/departments/lane_scene.hpp"
#include "tests/sync/hub/proof_hub.hpp"

namespace bianmin {

using store::RecordState;
using test::code_of;
using test::must;

namespace {

struct HealScene {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal{hub};
  test::TempFolder folder;
  std::filesystem::path copy = folder / "copy";

  void back_up() {
    (void)must(
        hub::back_up_hub(hub.folder(), copy, hub.clock, [](std::string_view, std::int64_t, std::int64_t) {}));
  }
  void save_and_send(int count) {
    for (int saved = 0; saved < count; ++saved) terminal.save();
    terminal.turn_until_quiet();
  }
  // The hub was away meanwhile, as it has to be.
  void lose_the_tail() {
    terminal.wire.cut = true;
    terminal.save();
    hub.clock.advance(agent::time_interval_ms);
    (void)terminal.agent->turn();
    hub.restore_from(copy);
    terminal.wire.cut = false;
  }
  void heal() {
    for (int turn = 0; turn < 50; ++turn) {
      hub.clock.advance(http::backoff_most_ms);
      while (terminal.agent->turn()) {
      }
    }
    terminal.turn_until_quiet();
  }
  std::int64_t count_of(const std::string& kind) {
    std::int64_t count = 0;
    for (const auto& event : must(hub::list_events(hub.database())))
      count += event.kind == kind ? event.count : 0;
    return count;
  }
  void check_whole(std::int64_t records) {
    const auto report = hub.report();
    CHECK(report.records == records);
    CHECK(report.accepted == records);
    CHECK(report.duplicates == 0);
    CHECK(report.gaps == 0);
    CHECK(report.quarantined == 0);
    CHECK(report.refused == 0);
    terminal.check_clean();
  }
  std::int64_t in_journal(std::string_view sql) {
    return must(terminal.journal->database().prepare(sql).number());
  }
};

}  // namespace

TEST_CASE("the lost tail comes back from the journal: nothing lost, nothing doubled, and operators know") {
  HealScene at;
  at.save_and_send(3);
  at.back_up();
  at.save_and_send(4);
  CHECK(at.hub.report().records == 7);
  at.lose_the_tail();
  CHECK(at.hub.report().records == 3);
  at.heal();
  at.check_whole(8);
  CHECK(at.count_of("restored") == 1);
  CHECK(at.count_of("went_back") >= 1);
  CHECK(at.count_of("lost_records") == 0);
  CHECK(at.in_journal("SELECT count(*) FROM earlier_receipt") == 4);
  const auto noted = must(store::HubHeads::noted(*at.terminal.journal, 10));
  REQUIRE(noted.size() == 1);
  CHECK(noted[0].code == "hub.went_back");
  CHECK(noted[0].queued == 4);
}

TEST_CASE("an agent that starts anew asks by itself, and one that runs asks every hour") {
  HealScene at;
  at.save_and_send(2);
  at.back_up();
  at.save_and_send(2);
  at.hub.restore_from(at.copy);
  SECTION("it starts anew") { at.terminal.restart_agent(); }
  SECTION("an hour goes by") { at.hub.clock.advance(agent::heads_interval_ms); }
  while (at.terminal.agent->turn()) {
  }
  CHECK(at.hub.report().records == 4);
  at.heal();
  at.check_whole(4);
}

TEST_CASE("the agent dies at any request of the healing: it is done again, and nothing is doubled") {
  for (int dies_at = 1; dies_at <= 12; ++dies_at) {
    HealScene at;
    at.save_and_send(2);
    at.back_up();
    at.save_and_send(3);
    at.lose_the_tail();
    int requests = 0;
    const int fault = dies_at;
    at.terminal.wire.in_the_middle = [&](const std::string&) {
      if (++requests == fault) at.terminal.wire.faults = {test::Fault::lost_after};
    };
    for (int turn = 0; turn < 30 && requests < fault; ++turn) {
      at.hub.clock.advance(http::backoff_most_ms);
      (void)at.terminal.agent->turn();
    }
    at.terminal.restart_agent();
    at.heal();
    INFO(dies_at);
    at.check_whole(6);
  }
}

TEST_CASE("contents that are gone at the terminal too leave a gap that is told, and the chain goes on") {
  HealScene at;
  at.save_and_send(2);
  at.back_up();
  at.save_and_send(3);
  REQUIRE(must(store::let_go_of_kept(*at.terminal.journal, {.bytes_max = 0}, 0)) == 5);
  at.save_and_send(2);
  at.lose_the_tail();
  at.heal();
  const auto report = at.hub.report();
  CHECK(report.records == 5);
  CHECK(report.gaps == 3);
  CHECK(report.duplicates == 0);
  CHECK(report.quarantined == 0);
  CHECK(at.count_of("went_back") >= 1);
  CHECK(at.count_of("lost_records") == 1);
  at.hub.clock.advance(hub::gap_event_after_ms);
  at.hub.resume();
  CHECK(at.count_of("gap") == 1);
  at.save_and_send(1);
  CHECK(at.hub.report().records == 6);
  at.terminal.check_clean();
}

TEST_CASE("records that came late, before the copy's head, are missed and come back too") {
  HealScene at;
  at.save_and_send(1);
  at.terminal.save();
  must(at.terminal.outbox->set_aside(1, 2, "hub.unavailable"));
  at.save_and_send(2);
  at.back_up();
  must(store::retry_dead_letter(*at.terminal.journal, 1, 2));
  at.save_and_send(1);
  CHECK(at.hub.report().records == 5);
  at.lose_the_tail();
  CHECK(at.hub.report().gaps == 1);
  at.heal();
  at.check_whole(6);
}

TEST_CASE("a hub with another record in the place of its head gets nothing blindly, and staff can send it") {
  HealScene at;
  at.save_and_send(2);
  at.back_up();
  const auto image = at.terminal.path() / "image.db";
  must(at.terminal.journal->database().execute("VACUUM INTO '" + image.string() + "'"));
  at.save_and_send(2);
  at.hub.restore_from(at.copy);
  {  // somebody with a copy of the disk comes first
    const auto clone = must(store::Journal::open(image, at.terminal.enrolment.identity));
    must(store::RecordWriter(*clone, at.terminal.enrolment).save(test::sample_case()));
    store::Outbox outbox(*clone, at.terminal.enrolment.hub_receipt_key);
    const auto upload = record::encode(must(outbox.pending(1)).at(0).upload);
    CHECK(at.hub.handle({"POST", "/v1/records", "T-0001", upload}).status == 200);
  }
  for (int turn = 0; turn < 3; ++turn) {
    at.hub.clock.advance(agent::heads_interval_ms);
    (void)at.terminal.agent->turn();
  }
  const auto noted = must(store::HubHeads::noted(*at.terminal.journal, 10));
  REQUIRE(noted.size() == 1);
  CHECK(noted[0].code == "hub.contradicts");
  CHECK(noted[0].head_seq == 3);
  CHECK(at.hub.report().records == 3);
  CHECK(at.count_of("went_back") >= 1);
  // The contents stay, whatever their age, and go to the quarantine when somebody sends them.
  CHECK(must(store::let_go_of_kept(*at.terminal.journal, {.bytes_max = 0}, 0)) == 2);
  CHECK(code_of(store::retry_dead_letter(*at.terminal.journal, 1, 2)) == "journal.no_dead_letter");
  must(store::retry_dead_letter(*at.terminal.journal, 1, 3));
  must(store::retry_dead_letter(*at.terminal.journal, 1, 4));
  (void)at.terminal.agent->turn();
  CHECK(at.hub.report().records == 3);
  CHECK(at.hub.report().quarantined == 2);
  CHECK(must(at.terminal.journal->backlog()).refused == 2);
}

TEST_CASE("a hub that is older than the question is asked again in an hour, and nothing fails") {
  HealScene at;
  at.terminal.wire.fault_at = {"/v1/head", test::Fault::no_such_path};
  at.save_and_send(2);
  const int before = at.terminal.wire.request_count;
  for (int turn = 0; turn < 10; ++turn) (void)at.terminal.agent->turn();
  CHECK(at.terminal.wire.request_count == before);
  CHECK(must(at.terminal.journal->link()).online);
  at.check_whole(2);
}

TEST_CASE("faults on the way of the question lose nothing and double nothing") {
  for (const auto fault : {test::Fault::lost_before, test::Fault::lost_after, test::Fault::twice,
                           test::Fault::stale, test::Fault::unavailable, test::Fault::garbage,
                           test::Fault::forged, test::Fault::truncated, test::Fault::given_up}) {
    HealScene at;
    at.save_and_send(2);
    at.back_up();
    at.save_and_send(2);
    at.lose_the_tail();
    at.terminal.wire.fault_at = {"/v1/head", fault};
    for (int turn = 0; turn < 5; ++turn) {
      at.hub.clock.advance(http::backoff_most_ms);
      (void)at.terminal.agent->turn();
    }
    at.terminal.wire.fault_at.reset();
    at.heal();
    INFO(static_cast<int>(fault));
    at.check_whole(5);
  }
}

TEST_CASE("a department that had the cases already takes none up again, and says the same number") {
  HealScene at;
  must(write_file_durably(at.hub.folder() / departments::department_book_file, view_of(test::rest_book)));
  at.hub.restart();
  test::DepartmentSimulator simulator;
  const auto file_all = [&] {
    test::Lane lane(at.hub, simulator, "one");
    for (int turn = 0; turn < 200; ++turn) at.hub.clock.advance(lane.lane.turn());
  };
  std::vector<store::Saved> cases;
  const auto take_up = [&](int count) {
    for (int saved = 0; saved < count; ++saved) cases.push_back(at.terminal.save());
    (void)at.terminal.agent->turn();
    file_all();
    at.terminal.turn_until_quiet();
  };
  take_up(2);
  at.back_up();
  take_up(3);
  REQUIRE(simulator.entries().size() == 5);
  std::map<std::string, std::string> numbers;
  for (const auto& one : cases) {
    numbers[one.case_no] = must(at.terminal.journal->find_case(one.case_no))->acceptance_no;
  }
  at.hub.restore_from(at.copy);
  at.terminal.restart_agent();
  for (int turn = 0; turn < 10; ++turn) (void)at.terminal.agent->turn();
  file_all();
  at.terminal.turn_until_quiet();
  CHECK(at.hub.report().records == 5);
  CHECK(at.hub.report().accepted == 5);
  CHECK(at.hub.report().duplicates == 0);
  CHECK(simulator.entries().size() == 5);
  for (const auto& one : cases) {
    const auto progress = must(at.terminal.journal->find_case(one.case_no));
    CHECK(progress->state == RecordState::accepted);
    CHECK(progress->acceptance_no == numbers[one.case_no]);
  }
}

TEST_CASE("terminals upload while the copy is made; restored elsewhere the hub has everything again") {
  HealScene at;
  test::EnrolledTerminalInProcess second(at.hub, "T-0002");
  const auto first = at.terminal.save();
  at.terminal.save(test::sample_document(first.case_no, Bytes(2'000'000, 'x')));
  at.terminal.turn_until_quiet();
  int saved = 0;
  (void)must(hub::back_up_hub(at.hub.folder(), at.copy, at.hub.clock,
                              [&](std::string_view, std::int64_t, std::int64_t) {
                                second.save();
                                at.terminal.save();
                                saved += 2;
                                second.turn_until_quiet();
                              }));
  const auto all = must(at.terminal.journal->database().prepare("SELECT count(*) FROM record").number()) +
                   must(second.journal->database().prepare("SELECT count(*) FROM record").number());
  CHECK(saved > 2);
  at.hub.restore_from(at.copy);
  second.restart_agent();
  while (second.agent->turn()) {
  }
  second.turn_until_quiet();
  at.heal();
  const auto report = at.hub.report();
  CHECK(report.records == all);
  CHECK(report.duplicates == 0);
  CHECK(report.gaps == 0);
  CHECK(report.quarantined == 0);
  second.check_clean();
  at.terminal.check_clean();
}

TEST_CASE("proofs of the lost time hold by themselves; the tree they came from is not the hub's any more") {
  test::ProofHub at;
  const test::TempFolder folder;
  at.save_case();
  at.terminal.turn_until_quiet();
  at.hub.sequence();
  (void)must(hub::back_up_hub(at.hub.folder(), folder / "copy", at.hub.clock,
                              [](std::string_view, std::int64_t, std::int64_t) {}));
  const auto slip = at.save_case();
  at.terminal.turn_until_quiet();
  at.hub.sequence();
  const auto mark = proof::slip_mark(at.profile(), slip);
  const Bytes old_proof = proof::encode(must(at.proofs.prove(at.profile(), mark)));
  const auto old_head = must(proof::check_head(must(proof::decode_proof(old_proof)).head, at.key()));
  at.hub.restore_from(folder / "copy");
  at.terminal.restart_agent();
  at.hub.clock.advance(1'000);
  at.terminal.save();  // so that the leaves have another order
  for (int turn = 0; turn < 5; ++turn) (void)at.terminal.agent->turn();
  at.terminal.turn_until_quiet();
  at.hub.sequence();
  CHECK(proof::check_proof(old_proof, slip, at.key()).ok());
  hub::Proofs proofs(at.hub.database(), at.hub.keys());
  const Bytes new_proof = proof::encode(must(proofs.prove(at.profile(), mark)));
  CHECK(proof::check_proof(new_proof, slip, at.key()).ok());
  // Whoever kept a head of the lost time sees that this is another tree.
  auto between = proofs.prove_consistency(at.profile(), old_head.tree.size, 0);
  if (between) {
    between->earlier = must(proof::decode_proof(old_proof)).head;
    CHECK(code_of(proof::check_consistency(proof::encode(*between), at.key())) == "proof.inconsistent");
  } else {
    CHECK(between.error().code == "hub.no_such_head");
  }
}

TEST_CASE("a life of a damaged journal is healed under its own number") {
  HealScene at;
  at.save_and_send(2);
  at.back_up();
  at.save_and_send(2);
  const auto path = at.terminal.path() / "journal.db";
  at.terminal.agent.reset();
  at.terminal.outbox.reset();
  at.terminal.journal.reset();
  auto bytes = must(read_file(path, 1U << 24U));
  std::fill(bytes.begin(), bytes.begin() + 100, 0xFF);
  must(write_file_durably(path, bytes, 0600));
  at.terminal.journal = must(store::open_journal(path, at.terminal.path()));
  REQUIRE(at.terminal.journal->identity().epoch == 2);
  at.terminal.outbox =
      std::make_unique<store::Outbox>(*at.terminal.journal, at.terminal.enrolment.hub_receipt_key);
  at.terminal.restart_agent();
  at.hub.restore_from(at.copy);
  for (int turn = 0; turn < 10; ++turn) (void)at.terminal.agent->turn();
  CHECK(at.hub.report().records == 4);
  CHECK(at.hub.report().gaps == 0);
  CHECK(at.hub.report().quarantined == 0);
}

TEST_CASE("a terminal that was enrolled in the lost time is let in again as it is, and all it had arrives") {
  HealScene at;
  at.save_and_send(1);
  at.back_up();
  test::EnrolledTerminalInProcess late(at.hub, "T-0002");
  late.save();
  late.turn_until_quiet();
  late.save();
  at.hub.restore_from(at.copy);
  for (int turn = 0; turn < 5; ++turn) {
    at.hub.clock.advance(http::backoff_most_ms);
    (void)late.agent->turn();
  }
  CHECK(at.hub.report().records == 1);
  CHECK(must(late.journal->backlog()).waiting == 1);
  CHECK(must(hub::adopt_terminal(at.hub.folder(), late.path(), at.hub.clock)) == "T-0002");
  at.hub.clock.advance(agent::heads_interval_ms);
  for (int turn = 0; turn < 20; ++turn) {
    at.hub.clock.advance(http::backoff_most_ms);
    (void)late.agent->turn();
  }
  late.turn_until_quiet();
  at.heal();
  at.check_whole(3);
  CHECK(at.count_of("adopted") == 1);
  CHECK(code_of(hub::adopt_terminal(at.hub.folder(), late.path(), at.hub.clock)) == "hub.life_exists");
  test::HubInProcess other;
  CHECK(code_of(hub::adopt_terminal(other.folder(), late.path(), other.clock)) == "hub.not_ours");
}

TEST_CASE("the hub believes its own signature and no word of anybody") {
  HealScene at;
  at.save_and_send(2);
  hub::Heads heads(at.hub.database(), at.hub.keys(), at.hub.clock);
  store::HubHeads of_terminal(*at.terminal.journal, at.terminal.enrolment.hub_receipt_key);
  record::HeadAsk ask = must(of_terminal.questions()).at(0);
  ask.nonce = Bytes(record::head_nonce_size, 1);
  const auto answer = [&](const record::HeadAsk& asked, std::string_view who = "T-0001") {
    return heads.answer(who, record::encode(asked));
  };
  const auto head = must(record::decode_head(must(record::decode_signed(must(answer(ask)))).body));
  CHECK(head.seq == 2);
  CHECK(head.nonce == ask.nonce);
  CHECK(head.missing.empty());
  CHECK(code_of(heads.answer("T-0001", Bytes{1, 2})) == "hub.bad_request");
  CHECK(code_of(answer(ask, "T-0002")) == "hub.unknown_life");
  record::HeadAsk other = ask;
  other.epoch = 9;
  CHECK(code_of(answer(other)) == "hub.unknown_life");
  other.epoch = 2;  // a spare life: the receipt is not of it
  CHECK(code_of(answer(other)) == "hub.bad_request");
  other = ask;
  other.receipt = test::FakeHub().sign(must(record::decode_signed(ask.receipt)).body);
  CHECK(code_of(answer(other)) == "hub.bad_request");
  other = ask;
  other.receipt.clear();
  other.lost = {{1, 2}};
  CHECK(answer(other).ok());
  CHECK(at.count_of("lost_records") == 0);
  CHECK(at.count_of("went_back") == 0);
}

}  // namespace bianmin

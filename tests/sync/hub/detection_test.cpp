// What a hub finds out about terminals from what arrives, and tells its operators.
#include "sync/hub/watch/chain_watch.hpp"
#include "sync/hub/watch/connection_watch.hpp"
#include "tests/sync/hub/scene.hpp"

namespace bianmin::hub {

using test::must;
using test::Scene;

TEST_CASE("an orderly terminal, a duplicate and a lost reply are no event") {
  Scene scene;
  for (int count = 0; count < 3; ++count) scene.terminal.save();
  scene.terminal.wire.faults = {test::Fault::twice, test::Fault::lost_after, test::Fault::stale};
  scene.terminal.turn_until_quiet();
  scene.hub.resume();
  CHECK(scene.events().empty());
  CHECK(scene.hub.report().events == 0);
}

TEST_CASE("a restored disk is one event, with all of its branch in quarantine") {
  Scene scene;
  for (int count = 0; count < 2; ++count) scene.terminal.save();
  const auto restored = scene.copy_of_disk("restored.db");
  for (int count = 0; count < 2; ++count) scene.terminal.save();
  scene.terminal.turn_until_quiet();
  for (int count = 0; count < 4; ++count) (void)scene.uploads_after_a_case_in(*restored);
  const auto uploads = scene.uploads_after_a_case_in(*restored);
  REQUIRE(uploads.size() == 7);
  for (std::size_t at = 0; at < 2; ++at) must(scene.take(uploads[at]));  // what the hub has already
  for (std::size_t at = 2; at < 4; ++at) CHECK(test::code_of(scene.take(uploads[at])) == "hub.fork");
  for (std::size_t at = 4; at < 7; ++at) CHECK(test::code_of(scene.take(uploads[at])) == "hub.broken_chain");
  REQUIRE(scene.events().size() == 1);
  CHECK(scene.events()[0].kind == "restored_disk");
  CHECK(scene.events()[0].count == 5);
  CHECK(scene.events()[0].terminal_id == "T-0001");
  CHECK(scene.events()[0].epoch == 1);
  CHECK(scene.events()[0].detail.find("record 2") != std::string::npos);
  CHECK(scene.hub.report().quarantined == 5);
  CHECK(scene.hub.report().forks == 5);
  CHECK(scene.hub.report().records == 4);
  CHECK(scene.hub.report().gaps == 0);
}

TEST_CASE("a branch at the very first record is found too") {
  Scene scene;
  const auto empty = scene.copy_of_disk("empty.db");
  scene.terminal.save();
  scene.terminal.turn_until_quiet();
  CHECK(test::code_of(scene.take(scene.uploads_after_a_case_in(*empty)[0])) == "hub.fork");
  CHECK(scene.count_of("restored_disk") == 1);
}

TEST_CASE("a clone is found when both branches grow") {
  Scene scene;
  scene.terminal.save();
  scene.terminal.turn_until_quiet();
  const auto clone = scene.copy_of_disk("clone.db");
  scene.terminal.save();
  scene.terminal.turn_until_quiet();
  CHECK(test::code_of(scene.take(scene.uploads_after_a_case_in(*clone).back())) == "hub.fork");
  CHECK(scene.count_of("clone") == 0);
  scene.terminal.save();
  scene.terminal.turn_until_quiet();
  CHECK(scene.count_of("clone") == 1);
  CHECK(scene.hub.report().records == 3);
  CHECK(scene.hub.report().quarantined == 1);
}

TEST_CASE("two connections of one terminal that take turns are a clone; one after the other is none") {
  Scene scene;
  const auto speak = [&](std::uint64_t connection) {
    HttpRequest request{"POST", "/v1/states", "T-0001", record::encode_case_list({})};
    request.connection = connection;
    CHECK(scene.hub.handle(request).status == 200);
  };
  for (const std::uint64_t connection : {1U, 1U, 2U, 2U, 3U, 2U, 7U}) speak(connection);  // one late piece
  CHECK(scene.count_of("clone") == 0);
  for (const std::uint64_t connection : {3U, 7U, 3U, 7U}) speak(connection);
  CHECK(scene.count_of("clone") == 1);
  ConnectionWatch watch;
  for (int count = 0; count < 10; ++count) CHECK_FALSE(watch.takes_turns("T-2", 0));
}

TEST_CASE("a gap that stays is told after an hour, and that it closed") {
  Scene scene;
  for (int count = 0; count < 5; ++count) scene.terminal.save();
  must(scene.take(scene.upload_of(1)));
  must(scene.take(scene.upload_of(5)));
  scene.hub.resume();
  CHECK(scene.count_of("gap") == 0);
  scene.hub.clock.advance(gap_event_after_ms - 1);
  must(scene.take(scene.upload_of(3)));  // now two gaps, as old as the one
  scene.hub.resume();
  CHECK(scene.count_of("gap") == 0);
  scene.hub.clock.advance(1);
  scene.hub.resume();
  scene.hub.resume();
  CHECK(scene.count_of("gap") == 2);
  CHECK(scene.hub.report().gaps == 2);
  must(scene.take(scene.upload_of(4)));
  must(scene.take(scene.upload_of(2)));
  CHECK(scene.count_of("gap_closed") == 2);
  CHECK(scene.hub.report().gaps == 0);
  CHECK(must(scene.hub.database().prepare("SELECT count(*) FROM gap").number()) == 0);
}

TEST_CASE("records that arrive in any order leave no gap behind") {
  std::vector<std::uint64_t> order = {2, 3, 4, 5, 6};
  do {
    Scene scene;
    for (int count = 0; count < 6; ++count) scene.terminal.save();
    must(scene.take(scene.upload_of(1)));
    for (const std::uint64_t seq : order) must(scene.take(scene.upload_of(seq)));
    CHECK(must(scene.hub.database().prepare("SELECT count(*) FROM gap").number()) == 0);
    std::next_permutation(order.begin(), order.end() - 1);
  } while (std::next_permutation(order.begin(), order.end()) && order[0] < 3);
}

TEST_CASE("a terminal that lies about its numbers: none, far ahead, huge") {
  Scene scene;
  scene.terminal.save();
  scene.terminal.save();
  must(scene.take(scene.upload_of(1)));
  const auto good = scene.upload_of(2);
  const auto with_seq = [&](std::uint64_t seq) {
    return scene.resigned(good, [&](auto& envelope) { envelope.seq = seq; });
  };
  CHECK(test::code_of(scene.take(with_seq(0))) == "hub.bad_envelope");
  CHECK(scene.count_of("bad_envelope") == 1);
  for (const std::uint64_t seq : {1 + seq_jump_max + 1, std::uint64_t{INT64_MAX}}) {
    CHECK(test::code_of(scene.take(with_seq(seq))) == "hub.seq_jump");
  }
  CHECK(scene.count_of("seq_jump") == 2);
  CHECK(scene.hub.report().quarantined == 2);
  CHECK(scene.hub.report().gaps == 0);
  must(scene.take(good));  // and the true one is taken
  CHECK(scene.hub.handle({"POST", "/v1/records", "T-0001", record::encode(with_seq(INT64_MAX))}).status ==
        409);
}

TEST_CASE("what is not genuine is an event, counted once a day, without anything of its content") {
  Scene scene;
  scene.terminal.save();
  auto bad = scene.upload_of(1);
  bad.signature = seal::PrivateKey::generate().sign(bad.envelope);
  for (int count = 0; count < 3; ++count) CHECK_FALSE(scene.take(bad).ok());
  CHECK_FALSE(scene.take(scene.upload_of(1), "T-0002").ok());
  REQUIRE(scene.events().size() == 2);
  CHECK(scene.events()[0].kind == "bad_signature");
  CHECK(scene.events()[0].count == 3);
  CHECK(scene.events()[1].kind == "wrong_terminal");
  CHECK(scene.events()[1].terminal_id == "T-0002");
  scene.hub.clock.advance(event_window_ms);
  CHECK_FALSE(scene.take(bad).ok());
  CHECK(scene.events().size() == 3);
  CHECK(scene.hub.report().events == 3);
}

TEST_CASE("a record from the future is taken, and its clock told") {
  Scene scene;
  auto record = test::sample_case();
  record.created_utc_ms = scene.hub.clock.utc_ms() + clock_tolerance_ms + 1;
  scene.terminal.save(record);
  scene.terminal.turn_until_quiet();
  CHECK(scene.hub.report().records == 1);
  CHECK(scene.count_of("clock") == 1);
}

TEST_CASE("a spare life begins with its first record; the old journal still arrives") {
  Scene scene;
  scene.terminal.save();
  must(scene.take(scene.upload_of(1)));
  scene.terminal.save();
  const auto spare = must(find_enrolment(scene.hub.database(), "T-0001", 2));
  REQUIRE(spare);
  CHECK(spare->spare);
  CHECK(scene.hub.report().terminals == 1);
  store::Enrolment second = scene.terminal.enrolment;
  second.identity.epoch = 2;
  second.identity.enrolment_no = spare->enrolment_no;
  const auto journal = must(store::Journal::open(scene.terminal.path() / "second.db", second.identity));
  must(store::RecordWriter(*journal, second).save(test::sample_case()));
  store::Outbox outbox(*journal, second.hub_receipt_key);
  const auto first = must(outbox.pending(1)).at(0).upload;
  CHECK(scene.receipt(first).status == record::ReceiptStatus::stored);
  CHECK(scene.receipt(first).status == record::ReceiptStatus::stored);
  CHECK(scene.count_of("journal_replaced") == 1);
  CHECK(scene.hub.report().terminals == 2);
  CHECK(scene.receipt(scene.upload_of(2)).status == record::ReceiptStatus::stored);  // salvaged
  CHECK(scene.hub.report().records == 3);
  CHECK(scene.hub.report().gaps == 0);
  must(deny_terminal(scene.hub.folder(), "T-0001"));  // all lives, spare ones too
  CHECK(
      must(scene.hub.database().prepare("SELECT count(*) FROM enrolment WHERE state = 'active'").number()) ==
      0);
}

}  // namespace bianmin::hub

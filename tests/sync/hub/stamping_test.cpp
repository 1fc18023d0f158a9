// When heads are stamped, and what happens when they are not.
#include "sync/hub/proof/stamping.hpp"

#include "sync/hub/store/operator_events.hpp"
#include "tests/sync/hub/proof_hub.hpp"
#include "tests/sync/hub/time_stamp_authority.hpp"

namespace bianmin::hub {

using test::must;

namespace {

struct StampingHub : test::ProofHub {
  test::OpensslAuthority authority;
  seal::StampTrust trust = authority.trust();
  Stamper stamper{hub.database(), authority, trust, hub.clock};

  StampingHub() { hub.clock.set_utc_ms(test::real_utc_ms()); }
  record::Slip take_case() {
    auto slip = save_case();
    terminal.turn_until_quiet();
    hub.clock.set_utc_ms(test::real_utc_ms());  // the agent's waits have moved it
    (void)sequence();
    return slip;
  }
  std::int64_t stamps() { return number("SELECT count(*) FROM proof_stamp"); }
  seal::Stamp stamp_in(const proof::CheckedProof& proof) const {
    return must(seal::check_stamp(proof.stamp, {seal::sha256(proof.signed_head)}, trust));
  }
  std::int64_t events() {
    std::int64_t count = 0;
    for (const auto& event : must(list_events(hub.database()))) {
      count += event.kind == "time_stamp" ? event.count : 0;
    }
    return count;
  }
};

}  // namespace

TEST_CASE("a head is stamped, and the stamp is part of every proof under it") {
  StampingHub scene;
  CHECK(must(scene.stamper.run()) == 0);  // no head
  const auto slip = scene.take_case();
  CHECK(must(scene.prove(slip)).stamp.empty());
  CHECK(must(scene.stamper.run()) == 1);
  CHECK(must(scene.stamper.run()) == 0);
  const auto proof = must(scene.prove(slip));
  CHECK(scene.stamp_in(proof).utc_ms <= test::real_utc_ms());
  // The next one is due after a while; the first proof stays under the first stamp.
  const auto later = scene.take_case();
  CHECK(must(scene.stamper.run()) == 0);
  CHECK(must(scene.prove(later)).stamp.empty());
  scene.hub.clock.advance(stamp_age_max_ms + 1'000);
  CHECK(must(scene.stamper.run()) == 1);
  CHECK(must(scene.prove(later)).head.tree.size == 2);
  CHECK_FALSE(must(scene.prove(later)).stamp.empty());
  CHECK(must(scene.prove(slip)).head.tree.size == 1);
  scene.hub.clock.advance(stamp_age_max_ms + 1'000);
  CHECK(must(scene.stamper.run()) == 0);  // nothing new
  CHECK(scene.authority.asked_count == 2);
}

TEST_CASE("many records make a head due before its time") {
  StampingHub scene;
  (void)scene.take_case();
  CHECK(must(scene.stamper.run()) == 1);
  (void)scene.take_case();
  CHECK(must(scene.stamper.run()) == 0);
  must(
      scene.hub.database().execute("INSERT INTO proof_head (profile, size, signed_utc_ms, head) SELECT "
                                   "profile, 10001, signed_utc_ms, head "
                                   "FROM proof_head WHERE size = 2"));
  CHECK(must(scene.stamper.run()) == 1);
}

TEST_CASE("an authority that fails holds nothing up, is told of once and asked again") {
  StampingHub scene;
  const auto slip = scene.take_case();
  scene.authority.away = true;
  CHECK(test::code_of(scene.stamper.run()) == "stamp.unreachable");
  CHECK(must(scene.stamper.run()) == 0);  // not yet
  for (int round = 0; round < 3; ++round) {
    scene.hub.clock.advance(stamp_retry_ms);
    CHECK_FALSE(scene.stamper.run().ok());
  }
  CHECK(scene.authority.asked_count == 4);
  CHECK(scene.events() == 1);
  (void)scene.take_case();  // records are taken, sequenced and proven all the same
  CHECK(scene.prove(slip).ok());
  scene.authority.away = false;
  scene.hub.clock.advance(stamp_retry_ms);
  scene.hub.clock.set_utc_ms(test::real_utc_ms());
  CHECK(must(scene.stamper.run()) == 1);
  CHECK(scene.events() == 1);
  scene.authority.away = true;
  (void)scene.take_case();
  scene.hub.clock.advance(stamp_age_max_ms + 1'000);
  CHECK_FALSE(scene.stamper.run().ok());
  CHECK(scene.events() == 2);  // it had worked in between
}

TEST_CASE("what an authority answers is kept only when it holds") {
  StampingHub scene;
  (void)scene.take_case();
  const auto other = must(seal::make_stamp_request(bytes_of("something else")));
  const Bytes of_other = must(scene.authority.stamp(other.der));
  const std::pair<Bytes, std::string> answers[] = {{{}, "stamp.invalid"},
                                                   {bytes_of("<html>busy</html>"), "stamp.invalid"},
                                                   {of_other, "stamp.other_data"}};
  for (const auto& [answer, code] : answers) {
    scene.authority.answer_with = answer;
    CHECK(test::code_of(scene.stamper.run()) == code);
    scene.hub.clock.advance(stamp_retry_ms);
  }
  CHECK(scene.stamps() == 0);
  scene.authority.answer_with.reset();
  CHECK(must(scene.stamper.run()) == 1);
}

TEST_CASE("a stamp from long before the head, or far in the future, is none") {
  StampingHub scene;
  scene.hub.clock.set_utc_ms(test::real_utc_ms() + 2 * stamp_clock_gap_max_ms);
  (void)scene.save_case();
  scene.terminal.turn_until_quiet();
  (void)scene.sequence();
  CHECK(test::code_of(scene.stamper.run()) == "stamp.bad_time");
  CHECK(scene.stamps() == 0);
}

}  // namespace bianmin::hub

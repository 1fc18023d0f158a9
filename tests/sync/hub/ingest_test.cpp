// What the hub takes, what it refuses, and what it puts in quarantine.
#include "sync/hub/ingest/ingest.hpp"

#include "sync/record/case_no.hpp"
#include "sync/seal/digest.hpp"
#include "sync/seal/hpke.hpp"
#include "tests/sync/hub/scene.hpp"

namespace bianmin::hub {

using test::must;

using test::Scene;

TEST_CASE("the same record again gets the very same receipt") {
  Scene scene;
  scene.terminal.save();
  const auto upload = scene.upload_of(1);
  const Bytes first = must(scene.take(upload));
  scene.hub.clock.advance(5000);
  CHECK(must(scene.take(upload)) == first);
  CHECK(scene.hub.report().records == 1);
}

TEST_CASE("the head moves with the record") {
  Scene scene;
  scene.terminal.save();
  scene.terminal.save();
  must(scene.take(scene.upload_of(1)));
  must(scene.take(scene.upload_of(2)));
  must(scene.take(scene.upload_of(1)));
  auto head = scene.hub.database().prepare("SELECT head_seq, head_digest FROM enrolment WHERE life = 'open'");
  REQUIRE(must(head.step()));
  CHECK(head.integer(0) == 2);
  CHECK(to_hex(head.bytes(1)) == to_hex(seal::sha256(scene.upload_of(2).envelope)));
}

TEST_CASE("what is not genuine gets no receipt and leaves nothing") {
  Scene scene;
  scene.terminal.save();
  const auto good = scene.upload_of(1);
  const auto code = [&](const record::Upload& upload, const std::string& who = "T-0001") {
    return test::code_of(scene.take(upload, who));
  };
  CHECK(test::code_of(scene.ingest.take("T-0001", {})) == "hub.bad_upload");
  auto bad = good;
  bad.envelope.push_back(0);
  CHECK(code(bad) == "hub.bad_envelope");
  bad = good;
  bad.signature = seal::PrivateKey::generate().sign(good.envelope);
  CHECK(code(bad) == "hub.bad_signature");
  bad = good;
  bad.payload[100] ^= 1;
  CHECK(code(bad) == "hub.bad_payload");
  CHECK(code(good, "T-0002") == "hub.wrong_terminal");
  CHECK(code(scene.resigned(good, [](auto& e) { e.epoch = 9; })) == "hub.unknown_terminal");
  CHECK(code(scene.resigned(good, [](auto& e) { e.profile = "sm-1"; })) == "hub.unknown_profile");
  must(scene.hub.database().execute("UPDATE enrolment SET state = 'denied'"));
  CHECK(code(good) == "hub.denied");
  CHECK(scene.hub.report().records == 0);
  CHECK(scene.hub.report().quarantined == 0);
}

TEST_CASE("every flipped bit of an upload is found") {
  Scene scene;
  scene.terminal.save();
  const Bytes good = record::encode(scene.upload_of(1));
  for (std::size_t bit = 0; bit < good.size() * 8; bit += 17) {
    Bytes changed = good;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    REQUIRE_FALSE(scene.ingest.take("T-0001", changed).ok());
  }
  CHECK(scene.hub.report().records == 0);
  must(scene.ingest.take("T-0001", good));
}

TEST_CASE("a second record with the same number is a fork: quarantine, and both are kept") {
  Scene scene;
  scene.terminal.save();
  const auto first = scene.upload_of(1);
  must(scene.take(first));
  const auto fork = scene.resigned(first, [](auto& e) { e.created_utc_ms += 1; });
  CHECK(test::code_of(scene.take(fork)) == "hub.fork");
  CHECK(test::code_of(scene.take(fork)) == "hub.fork");
  CHECK(scene.hub.report().quarantined == 1);
  CHECK(scene.hub.report().records == 1);
  must(scene.take(first));  // the genuine one still has its receipt
}

TEST_CASE("a restored disk is found at its first record") {
  Scene scene;
  scene.terminal.save();
  const auto backup = scene.terminal.path() / "backup.db";
  must(scene.terminal.journal->database().execute("VACUUM INTO '" + backup.string() + "'"));
  scene.terminal.save();
  scene.terminal.save();
  scene.terminal.turn_until_quiet();
  const auto restored = must(store::Journal::open(backup, scene.terminal.enrolment.identity));
  must(store::RecordWriter(*restored, scene.terminal.enrolment).save(test::sample_case()));
  store::Outbox outbox(*restored, scene.terminal.enrolment.hub_receipt_key);
  const auto pending = must(outbox.pending(10));
  REQUIRE(pending.size() == 2);
  must(scene.take(pending[0].upload));  // what the hub has already
  CHECK(test::code_of(scene.take(pending[1].upload)) == "hub.fork");
  CHECK(scene.hub.report().quarantined == 1);
  CHECK(scene.hub.report().records == 3);
}

TEST_CASE("a broken chain is put in quarantine, from either side") {
  Scene scene;
  for (int count = 0; count < 3; ++count) scene.terminal.save();
  const auto wrong = [&](std::uint64_t seq) {
    return scene.resigned(scene.upload_of(seq), [](auto& e) { e.previous[0] ^= 1; });
  };
  CHECK(test::code_of(scene.take(wrong(1))) == "hub.broken_chain");
  must(scene.take(scene.upload_of(1)));
  CHECK(test::code_of(scene.take(wrong(2))) == "hub.broken_chain");
  must(scene.take(scene.upload_of(3)));  // a gap is allowed and shown
  CHECK(scene.hub.report().gaps == 1);
  const auto other = scene.resigned(scene.upload_of(2), [](auto& e) { e.created_utc_ms += 1; });
  CHECK(test::code_of(scene.take(other)) == "hub.broken_chain");
  must(scene.take(scene.upload_of(2)));
  CHECK(scene.hub.report().gaps == 0);
  CHECK(scene.hub.report().quarantined == 3);
}

TEST_CASE("a genuine record of no use is kept and receipted as refused, and the chain goes on") {
  Scene scene;
  for (int count = 0; count < 2; ++count) scene.terminal.save();
  const auto good = scene.upload_of(1);
  const auto code = [](const record::Upload& upload, Scene& at) { return at.receipt(upload).code; };

  SECTION("it does not open") {
    auto upload = good;
    upload.payload = seal::random_bytes(300);
    upload = scene.resigned(upload, [&](auto& e) {
      e.payload_size = 300;
      e.payload_digest = seal::sha256(upload.payload);
    });
    CHECK(code(upload, scene) == "hub.cannot_open");
  }
  SECTION("it opens to no record") {
    CHECK(code(scene.resealed(good, Bytes{1, 2, 3}), scene) == "hub.bad_record");
  }
  SECTION("it contradicts its envelope") {
    auto record = scene.content(good);
    record.service_id = "another";
    CHECK(code(scene.resealed(good, must(record::encode(record))), scene) == "hub.record_mismatch");
  }
  SECTION("its case number belongs to another enrolment") {
    auto record = scene.content(good);
    record.case_no = must(record::make_case_no(99, 1));
    const auto upload = scene.resigned(scene.resealed(good, must(record::encode(record))),
                                       [&](auto& e) { e.case_no = record.case_no; });
    CHECK(code(upload, scene) == "hub.foreign_case_no");
  }
  CHECK(scene.hub.report().refused == 1);
  CHECK(scene.hub.report().records == 0);
  CHECK(scene.hub.report().accepted == 0);
}

TEST_CASE("the same record id or case number under another number in the chain is refused") {
  Scene scene;
  scene.terminal.save();
  scene.terminal.save();
  const auto first = scene.upload_of(1);
  must(scene.take(first));
  const auto digest = seal::sha256(first.envelope);
  const auto replay = scene.resigned(first, [&](auto& e) {
    e.seq = 2;
    e.previous = digest;
  });
  const auto receipt = scene.receipt(replay);
  CHECK(receipt.status == record::ReceiptStatus::refused);
  CHECK(receipt.code == "hub.repeated_record");
  CHECK(scene.hub.report().duplicates == 0);
}

TEST_CASE("a case is rated once") {
  Scene scene;
  const auto saved = scene.terminal.save();
  scene.terminal.save(test::sample_rating(saved.case_no));
  scene.terminal.save(test::sample_rating(saved.case_no));
  for (const std::uint64_t seq : {1U, 2U}) CHECK(scene.receipt(scene.upload_of(seq)).code.empty());
  CHECK(scene.receipt(scene.upload_of(3)).code == "hub.already_rated");
  CHECK(scene.hub.report().ratings == 1);
}

TEST_CASE("a document is kept with its case, and only the terminal of the case may add one") {
  Scene scene;
  const auto saved = scene.terminal.save();
  const Bytes file = seal::random_bytes(50'000);
  scene.terminal.save(test::sample_document(saved.case_no, file));
  scene.terminal.save(test::sample_document(must(record::make_case_no(99, 1)), file));
  CHECK(test::code_of(find_document(scene.hub.database(), scene.hub.custody(), {"document", "test"},
                                    saved.case_no)) == "hub.no_document");
  for (const std::uint64_t seq : {1U, 2U}) CHECK(scene.receipt(scene.upload_of(seq)).code.empty());
  CHECK(scene.receipt(scene.upload_of(3)).code == "hub.foreign_case_no");
  CHECK(scene.hub.report().documents == 1);
  CHECK(scene.hub.report().cases == 1);
  CHECK(scene.hub.report().duplicates == 0);
}

TEST_CASE("a full disk at the hub takes nothing in, says so, and takes it later") {
  Scene scene;
  scene.terminal.save(test::sample_case(std::string(30'000, 'x')));
  scene.hub.fill_disk();
  CHECK(test::code_of(scene.take(scene.upload_of(1))) == "store.disk_full");
  const auto response =
      scene.hub.handle({"POST", "/v1/records", "T-0001", record::encode(scene.upload_of(1))});
  CHECK(response.status == 503);
  CHECK(scene.hub.report().records == 0);
  scene.hub.empty_disk();
  must(scene.take(scene.upload_of(1)));
  CHECK(scene.hub.report().records == 1);
}

}  // namespace bianmin::hub

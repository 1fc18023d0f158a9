// Records in quarantine: looked at, and let out.
#include "sync/hub/ingest/quarantine.hpp"

#include "sync/store/asks.hpp"
#include "tests/sync/hub/scene.hpp"

namespace bianmin::hub {

using test::must;
using test::Scene;

namespace {

const Release looked{"operator-7", "the disk was restored on 2026-11-18"};

// A restored disk gave the next case the number that another resident already has.
struct TwoWithOneNumber : Scene {
  std::unique_ptr<store::Journal> restored;
  store::Saved first;
  record::CaseRecord first_record = test::sample_case();
  record::CaseRecord second_record = test::sample_case();
  record::Upload first_upload;
  record::Upload second;
  TwoWithOneNumber() {
    terminal.save();
    restored = copy_of_disk("restored.db");
    first = terminal.save(first_record);
    first_upload = upload_of(2);
    terminal.turn_until_quiet();
    const auto again = must(store::RecordWriter(*restored, terminal.enrolment).save(second_record));
    CHECK(again.case_no == first.case_no);
    store::Outbox outbox(*restored, terminal.enrolment.hub_receipt_key);
    second = must(outbox.pending(10)).back().upload;
    CHECK(test::code_of(take(second)) == "hub.fork");
  }
  record::Digest second_digest() const { return seal::sha256(second.envelope); }
  record::CaseState ask(const std::string& token) {
    store::Asks asks(*terminal.journal, terminal.enrolment, hub.clock);
    const auto id = must(asks.ask(first.case_no, token, 1000));
    (void)terminal.agent->turn();
    const auto answer = must(asks.answer(id));
    REQUIRE(answer);
    return answer->state;
  }
};

}  // namespace

TEST_CASE("the quarantine is listed and shown without anything of the person") {
  TwoWithOneNumber scene;
  const auto list = must(list_quarantine(scene.hub.database()));
  REQUIRE(list.size() == 1);
  CHECK(list[0].code == "hub.fork");
  CHECK(list[0].seq == 2);
  const std::string digest = to_hex(scene.second_digest());
  const auto found = must(find_quarantined(scene.hub.database(), digest.substr(0, 8)));
  CHECK(found.digest == scene.second_digest());
  CHECK(to_json(found)["case_no"] == scene.first.case_no);
  CHECK(json_text(to_json(found)).find(test::canary_name) == std::string::npos);
  for (const char* none : {"", "zz", "%", "0123456789abcdef"}) {
    CHECK(test::code_of(find_quarantined(scene.hub.database(), none)) == "hub.not_in_quarantine");
  }
}

TEST_CASE("two digests with one beginning are not guessed between") {
  TwoWithOneNumber scene;
  record::Digest neighbour = scene.second_digest();
  neighbour.back() ^= 1;
  auto second = scene.hub.database().prepare(
      "INSERT INTO quarantine (digest, terminal_id, epoch, seq, received_utc_ms, code, envelope, signature, "
      "payload) SELECT ?, terminal_id, epoch, seq, 1, code, envelope, signature, payload FROM quarantine");
  must(second.bind(ByteView(neighbour)).run());
  const std::string digest = to_hex(scene.second_digest());
  CHECK(test::code_of(find_quarantined(scene.hub.database(), digest.substr(0, 60))) ==
        "hub.ambiguous_digest");
  CHECK(test::code_of(find_quarantined(scene.hub.database(), digest)) == "ok");
}

TEST_CASE("a released record is a case: both residents' slips find their own") {
  TwoWithOneNumber scene;
  CHECK(scene.ask(scene.second_record.token).stage == record::CaseStage::unknown);
  const Bytes receipt = must(scene.ingest.release(scene.second_digest(), looked));
  scene.hub.resume();  // files it
  const auto first = scene.ask(scene.first_record.token);
  const auto second = scene.ask(scene.second_record.token);
  CHECK(first.stage == record::CaseStage::accepted);
  CHECK(second.stage == record::CaseStage::accepted);
  CHECK(first.acceptance_no != second.acceptance_no);
  CHECK(second.case_no == scene.first.case_no);
  CHECK(must(describe_case(scene.hub.database(), scene.first.case_no + "/2"))["state"] == "accepted");
  const auto report = scene.hub.report();
  CHECK(report.records == 3);
  CHECK(report.accepted == 3);
  CHECK(report.duplicates == 0);
  CHECK(report.gaps == 0);
  CHECK(report.released == 1);
  CHECK(scene.count_of("released") == 1);
  const auto one = must(find_quarantined(scene.hub.database(), to_hex(scene.second_digest())));
  CHECK(one.released_by == looked.operator_name);
  CHECK(one.release_reason == looked.reason);
  CHECK(one.released_utc_ms == scene.hub.clock.utc_ms());
  // Its terminal gets the receipt when it sends the record again, and drops its copy.
  CHECK(must(scene.take(scene.second)) == receipt);
  store::Outbox outbox(*scene.restored, scene.terminal.enrolment.hub_receipt_key);
  CHECK(must(outbox.settle(receipt)).seq == 2);
}

TEST_CASE("released twice is released once") {
  TwoWithOneNumber scene;
  const Bytes receipt = must(scene.ingest.release(scene.second_digest(), looked));
  scene.hub.clock.advance(1000);
  CHECK(must(scene.ingest.release(scene.second_digest(), {"operator-8", "again"})) == receipt);
  scene.hub.resume();
  CHECK(scene.hub.report().records == 3);
  CHECK(must(list_quarantine(scene.hub.database()))[0].released_by == "operator-7");
}

TEST_CASE("nobody lets anything out without a name and a reason, or what is of no use") {
  TwoWithOneNumber scene;
  CHECK(test::code_of(scene.ingest.release(scene.second_digest(), {"", "x"})) == "hub.release_unsigned");
  CHECK(test::code_of(scene.ingest.release(scene.second_digest(), {"x", ""})) == "hub.release_unsigned");
  CHECK(test::code_of(scene.ingest.release({}, looked)) == "hub.not_in_quarantine");
  const auto doubled =
      scene.resigned(scene.first_upload, [](auto& envelope) { envelope.created_utc_ms += 1; });
  CHECK(test::code_of(scene.take(doubled)) == "hub.fork");  // a record the hub has, under another envelope
  CHECK(test::code_of(scene.ingest.release(seal::sha256(doubled.envelope), looked)) == "hub.no_case_of_it");
  CHECK(scene.hub.report().released == 0);
  CHECK(scene.hub.report().records == 2);
}

TEST_CASE("a document of a quarantined case goes to that case, never to the other resident's") {
  TwoWithOneNumber scene;
  const Bytes file = {'%', 'P', 'D', 'F', '2'};
  must(store::RecordWriter(*scene.restored, scene.terminal.enrolment)
           .save(test::sample_document(scene.first.case_no, file)));
  store::Outbox outbox(*scene.restored, scene.terminal.enrolment.hub_receipt_key);
  const auto document = must(outbox.pending(10)).back().upload;
  CHECK(test::code_of(scene.take(document)) == "hub.broken_chain");
  const auto digest = seal::sha256(document.envelope);
  CHECK(test::code_of(scene.ingest.release(digest, looked)) == "hub.release_case_first");
  must(scene.ingest.release(scene.second_digest(), looked));
  must(scene.ingest.release(digest, looked));
  scene.hub.resume();
  CHECK(must(find_document(scene.hub.database(), scene.hub.custody(), {"document", "test"},
                           scene.first.case_no + "/2"))
            .bytes == file);
  CHECK(test::code_of(find_document(scene.hub.database(), scene.hub.custody(), {"document", "test"},
                                    scene.first.case_no)) == "hub.no_document");
}

TEST_CASE("the chain's own later case keeps its number although a released one had it first") {
  Scene scene;
  scene.terminal.save();
  scene.terminal.turn_until_quiet();
  const auto clone = scene.copy_of_disk("clone.db");
  scene.terminal.save();
  scene.terminal.turn_until_quiet();
  for (int count = 0; count < 2; ++count) {
    for (const auto& upload : scene.uploads_after_a_case_in(*clone)) (void)scene.take(upload);
  }
  for (const auto& one : must(list_quarantine(scene.hub.database()))) {
    must(scene.ingest.release(one.digest, looked));
  }
  scene.terminal.save();  // the third case, as the clone's second
  scene.terminal.turn_until_quiet();
  CHECK(scene.hub.report().refused == 0);
  CHECK(scene.hub.report().records == 5);
  CHECK(scene.hub.report().duplicates == 0);
}

}  // namespace bianmin::hub

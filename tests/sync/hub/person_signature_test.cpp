// A record that its person signed: checked again where it arrives, and a signature that does not hold is
// refused.
#include "sync/custody/person_signature.hpp"

#include "sync/custody/key_folder.hpp"
#include "sync/hub/ingest/ingest.hpp"
#include "sync/record/statement.hpp"
#include "sync/seal/digest.hpp"
#include "sync/seal/test_identity.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/hub/support.hpp"

namespace bianmin::hub {

using test::must;

namespace {

struct SignedScene {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal{hub};
  seal::TestEid eid = seal::make_test_eid(1'795'000'000'123);
  seal::TrustList trust = must(seal::TrustList::from_pem(eid.root.pem() + eid.authority.pem()));

  record::CaseRecord signed_case(const seal::TestIdentity& by) {
    record::CaseRecord record = test::sample_case();
    record.terminal_id = "T-0001";
    const seal::Digest384 digest = seal::sha384(must(record::statement_of(record)));
    record.signature = record::PersonSignature{by.certificate(), by.sign_digest(digest)};
    return record;
  }
  // What the hub's receipt says of it.
  record::HubReceipt send(const record::CaseRecord& record, const seal::TrustList* believed) {
    custody::LocalCustody custody(must(custody::OpeningKeys::load(custody::custody_folder(hub.folder()))),
                                  believed == nullptr ? std::nullopt : std::optional(*believed));
    return send(record, custody);
  }
  record::HubReceipt send(const record::CaseRecord& record, custody::Custody& custody) {
    const store::Saved saved = terminal.save(record);
    const auto upload = must(terminal.outbox->pending(1, saved.seq - 1)).at(0).upload;
    Ingest ingest(hub.database(), hub.keys(), custody, hub.clock);
    const Bytes reply = must(ingest.take("T-0001", record::encode(upload)));
    return must(record::decode_receipt(must(record::decode_signed(reply)).body));
  }
  Json described(const record::CaseRecord& record) {
    auto query = hub.database().prepare("SELECT case_no FROM record WHERE record_id = ?");
    REQUIRE(must(query.bind(ByteView(record.id)).step()));
    return must(describe_case(hub.database(), query.text(0)))["records"][0];
  }
};

}  // namespace

TEST_CASE("a signature that holds is stored, and the report says what is known of it", "[signature]") {
  SignedScene scene;
  const record::CaseRecord record = scene.signed_case(scene.eid.signing);
  SECTION("by a hub with a list of authorities") {
    CHECK(scene.send(record, &scene.trust).status == record::ReceiptStatus::stored);
    CHECK(scene.described(record)["person_signature"] == "trusted");
  }
  SECTION("by a hub without one") {
    CHECK(scene.send(record, nullptr).status == record::ReceiptStatus::stored);
    CHECK(scene.described(record)["person_signature"] == "valid");
  }
  CHECK(scene.hub.report().signed_cases == 1);
  CHECK(to_json(scene.hub.report())["signed_cases"] == 1);
}

TEST_CASE("a record without a signature is as good as ever", "[signature]") {
  SignedScene scene;
  const record::CaseRecord record = test::sample_case();
  CHECK(scene.send(record, &scene.trust).status == record::ReceiptStatus::stored);
  CHECK(scene.described(record)["person_signature"] == "");
  CHECK(scene.hub.report().signed_cases == 0);
}

TEST_CASE("a signature that does not hold is refused, and the chain goes on", "[signature]") {
  SignedScene scene;
  record::CaseRecord record = scene.signed_case(scene.eid.signing);
  SECTION("an answer changed afterwards") { record.answers[0].value += "!"; }
  SECTION("the person changed afterwards") { record.person[0].value = "someone else"; }
  SECTION("a changed signature") { record.signature->signature[95] ^= 1U; }
  SECTION("another certificate") { record.signature->certificate = scene.eid.authentication.certificate(); }
  SECTION("no certificate at all") { record.signature->certificate = Bytes(10, 0x30); }
  SECTION("signed for another terminal") {
    record.terminal_id = "T-0002";
    const seal::Digest384 digest = seal::sha384(must(record::statement_of(record)));
    record.signature->signature = scene.eid.signing.sign_digest(digest);
  }
  const auto receipt = scene.send(record, &scene.trust);
  CHECK(receipt.status == record::ReceiptStatus::refused);
  CHECK(receipt.code == "hub.bad_person_signature");
  CHECK(scene.hub.report().signed_cases == 0);
  CHECK(scene.hub.report().refused == 1);
  CHECK(scene.send(scene.signed_case(scene.eid.signing), &scene.trust).status ==
        record::ReceiptStatus::stored);
  CHECK(scene.hub.report().gaps == 0);
}

TEST_CASE("a signer whom nobody on the list vouches for is refused", "[signature]") {
  SignedScene scene;
  SECTION("a stranger") {
    const seal::TestEid stranger = seal::make_test_eid(1'795'000'000'123);
    CHECK(scene.send(scene.signed_case(stranger.signing), &scene.trust).code == "hub.untrusted_signer");
  }
  SECTION("with the key to sign in") {
    CHECK(scene.send(scene.signed_case(scene.eid.authentication), &scene.trust).code ==
          "hub.untrusted_signer");
  }
  CHECK(scene.hub.report().signed_cases == 0);
}

TEST_CASE("a hub believes what lies in its folder", "[signature]") {
  SignedScene scene;
  const auto send = [&](const record::CaseRecord& record) {
    scene.hub.restart();
    return scene.send(record, scene.hub.custody());
  };
  CHECK(send(scene.signed_case(scene.eid.signing)).code.empty());
  const auto folder = scene.hub.folder() / "eid-trust";
  std::filesystem::create_directory(folder);
  CHECK(test::code_of(custody::LocalCustody::load(scene.hub.folder())) == "certificate.none");
  must(write_file_durably(folder / "root.pem", view_of(scene.eid.root.pem() + scene.eid.authority.pem())));
  CHECK(send(scene.signed_case(scene.eid.signing)).code.empty());
  const seal::TestEid stranger = seal::make_test_eid(1'795'000'000'123);
  CHECK(send(scene.signed_case(stranger.signing)).code == "hub.untrusted_signer");
}

}  // namespace bianmin::hub

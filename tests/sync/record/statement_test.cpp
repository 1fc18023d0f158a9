// What is signed: the same bytes from the record before and after it is saved, and others for any other
// record.
#include "sync/record/statement.hpp"

#include "sync/seal/digest.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::record {

namespace {

CaseRecord fixed_record() {
  CaseRecord record;
  record.id.fill(0x11);
  record.service_id = "living-allowance";
  record.service_version = "1";
  record.item_code = "002014001006";
  record.terminal_id = "T-0001";
  record.created_utc_ms = 1'795'000'000'123;
  record.person = {{"number", "38001085718"}};
  record.answers = {{"payout", "bank"}};
  return record;
}

std::string digest_of(const CaseRecord& record) {
  return to_hex(seal::sha384(test::must(statement_of(record))));
}

}  // namespace

TEST_CASE("SHA-384 gives the published digest") {
  CHECK(to_hex(seal::sha384(view_of("abc"))) ==
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
}

TEST_CASE("the statement never changes its encoding") {
  CHECK(to_hex(test::must(statement_of(fixed_record()))) ==
        "826e626d2d73746174656d656e742d315880ac006b626d2d7265636f72642d31015011111111111111111111111111111111"
        "02010360046005706c6976696e672d616c6c6f77616e63650661310"
        "76c3030323031343030313030360866542d30303031091b000001a1ee565e7b0a81826"
        "66e756d6265726b33383030313038353731380b8182667061796f75746462616e6b");
}

TEST_CASE("what comes with saving is not part of the statement") {
  const std::string before = digest_of(fixed_record());
  CaseRecord saved = fixed_record();
  saved.case_no = "00000420000178";
  saved.token = "0123456789ABCDEF";
  saved.signature = PersonSignature{Bytes(900, 1), Bytes(person_signature_size, 2)};
  CHECK(digest_of(saved) == before);
  const Bytes stored = test::must(encode(saved));
  CHECK(digest_of(test::must(decode_case_record(stored))) == before);
}

TEST_CASE("everything else is part of the statement") {
  const std::string before = digest_of(fixed_record());
  CaseRecord other = fixed_record();
  SECTION("the record") { other.id[15] = 0; }
  SECTION("the service") { other.service_id = "funeral-allowance"; }
  SECTION("its version") { other.service_version = "2"; }
  SECTION("the item code") { other.item_code.clear(); }
  SECTION("the terminal") { other.terminal_id = "T-0002"; }
  SECTION("the time") { ++other.created_utc_ms; }
  SECTION("the person") { other.person[0].value = "49403136515"; }
  SECTION("an answer") { other.answers[0].value = "cash"; }
  SECTION("an answer more") { other.answers.push_back({"note", ""}); }
  SECTION("person and answers changed over") { std::swap(other.person, other.answers); }
  CHECK(digest_of(other) != before);
}

TEST_CASE("a record that cannot be encoded has no statement") {
  CaseRecord record = fixed_record();
  record.answers[0].value = "\xFF";
  CHECK(test::code_of(statement_of(record)) == "record.invalid");
}

TEST_CASE("the sign-in challenge binds terminal, time and nonce") {
  const Bytes nonce(sign_in_nonce_size, 9);
  const Bytes challenge = sign_in_challenge("T-0001", 1'795'000'000'123, nonce);
  CHECK(to_hex(challenge) ==
        "846c626d2d7369676e2d696e2d3166542d303030311b000001a1ee565e7b5820" + to_hex(nonce));
  CHECK(challenge != sign_in_challenge("T-0002", 1'795'000'000'123, nonce));
  CHECK(challenge != sign_in_challenge("T-0001", 1'795'000'000'124, nonce));
  CHECK(challenge != sign_in_challenge("T-0001", 1'795'000'000'123, Bytes(sign_in_nonce_size, 8)));
}

}  // namespace bianmin::record

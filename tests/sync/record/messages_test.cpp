// Every message: reads back, one encoding only, and no truncated or changed byte passes for another value.
#include "sync/record/messages.hpp"

#include <random>

#include "tests/sync/support.hpp"

namespace bianmin::record {

namespace {

Result<Bytes> encoded(const CaseRecord& record) { return encode(record); }
template <typename T>
Result<Bytes> encoded(const T& value) {
  return encode(value);
}

// `decode` gives a Result; whatever it accepts has to encode to the very bytes it was read from.
template <typename Decode, typename Encode>
void check_strict(const Bytes& bytes, Decode decode, unsigned seed, Encode encode_again) {
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(decode(ByteView(bytes).first(size)).ok());
  Bytes longer = bytes;
  longer.push_back(0);
  CHECK_FALSE(decode(longer).ok());
  std::mt19937 random(seed);
  std::size_t accepted = 0;
  for (int round = 0; round < 3000; ++round) {
    Bytes changed = bytes;
    changed[random() % changed.size()] = static_cast<std::uint8_t>(random());
    const auto value = decode(changed);
    if (!value) continue;
    ++accepted;
    const Result<Bytes> again = encode_again(*value);
    REQUIRE(again.ok());
    REQUIRE(*again == changed);
  }
  CHECK(accepted < 3000);
}

template <typename Decode>
void check_strict(const Bytes& bytes, Decode decode, unsigned seed) {
  check_strict(bytes, decode, seed, [](const auto& value) { return encoded(value); });
}

Envelope sample_envelope() {
  Envelope envelope;
  envelope.terminal_id = "T-0001";
  envelope.epoch = 3;
  envelope.seq = 300;
  envelope.previous.fill(0xAB);
  envelope.record_id.fill(0x11);
  envelope.case_no = "00000420000178";
  envelope.service_id = "pension-confirmation";
  envelope.created_utc_ms = 1'795'000'000'123;
  envelope.payload_digest.fill(0xCD);
  envelope.payload_size = 2048;
  return envelope;
}

}  // namespace

TEST_CASE("a record with a person's signature reads back, and only a case has one") {
  CaseRecord record = test::sample_case();
  const Bytes without = test::must(encode(record));
  CHECK(without.at(0) == 0xAC);  // twelve entries, as before there were signatures
  record.signature = PersonSignature{Bytes(900, 0x30), Bytes(person_signature_size, 0x5A)};
  const Bytes bytes = test::must(encode(record));
  CHECK(test::must(decode_case_record(bytes)) == record);
  check_strict(bytes, decode_case_record, 7);
  SECTION("a signature of another length") { record.signature->signature.pop_back(); }
  SECTION("a certificate over the limit") { record.signature->certificate.resize(8 * 1024 + 1); }
  SECTION("a rating") { record.kind = RecordKind::rating; }
  CHECK(test::code_of(encode(record)) == "record.invalid");
}

TEST_CASE("a document reads back, and no other kind of record has one") {
  CaseRecord record = test::sample_document("00000420000178", Bytes(40'000, 0x25));
  const Bytes bytes = test::must(encode(record));
  CHECK(bytes.at(0) == 0xAD);  // thirteen entries
  CHECK(test::must(decode_case_record(bytes)) == record);
  check_strict(bytes, decode_case_record, 97);
  SECTION("a case with a document") { record.kind = RecordKind::service_case; }
  SECTION("a document without one") { record.document.reset(); }
  SECTION("over the limit") { record.document->bytes.resize(document_part_size_max + 1); }
  SECTION("signed") {
    record.signature = PersonSignature{Bytes(900, 0x30), Bytes(person_signature_size, 0x5A)};
  }
  SECTION("a kind that does not exist") { record.kind = static_cast<RecordKind>(4); }
  CHECK(test::code_of(encode(record)) == "record.invalid");
}

TEST_CASE("a document of the largest size that needs no parts is a record") {
  const CaseRecord record = test::sample_document("00000420000178", Bytes(document_part_size_max, 0x25));
  CHECK(test::must(encode(record)).size() <= record_size_max);
}

TEST_CASE("a record reads back, whatever its fields hold") {
  CaseRecord record = test::sample_case("他说：“可以”\n\t\"\\ 𠮷");
  record.case_no = "00000420000178";
  record.person.push_back({"", std::string("\0x", 2)});
  const Bytes bytes = test::must(encode(record));
  CHECK(test::must(decode_case_record(bytes)) == record);
  check_strict(bytes, decode_case_record, 1);
}

TEST_CASE("a record beyond its limits, or without valid text, is refused") {
  CaseRecord record = test::sample_case();
  record.answers.assign(record_fields_max + 1, {"a", "b"});
  CHECK(test::code_of(encode(record)) == "record.invalid");
  record = test::sample_case(std::string(record_value_size_max + 1, 'x'));
  CHECK(test::code_of(encode(record)) == "record.invalid");
  record = test::sample_case("\xC3\x28");
  CHECK(test::code_of(encode(record)) == "record.invalid");
  record = test::sample_case();
  record.answers.assign(5, {"a", std::string(record_value_size_max, 'x')});
  CHECK(test::code_of(encode(record)) == "record.invalid");
  record = test::sample_case();
  record.created_utc_ms = -1;
  CHECK(test::code_of(encode(record)) == "record.invalid");
}

TEST_CASE("an envelope reads back") {
  const Envelope envelope = sample_envelope();
  const Bytes bytes = encode(envelope);
  CHECK(bytes.size() < envelope_size_max);
  CHECK(test::must(decode_envelope(bytes)) == envelope);
  check_strict(bytes, decode_envelope, 2);
  Envelope zero = envelope;
  zero.seq = 0;
  CHECK(test::code_of(decode_envelope(encode(zero))) == "envelope.invalid");
}

TEST_CASE("messages read back") {
  const Signed outer{Bytes{1, 2, 3}, Bytes{4}};
  check_strict(encode(outer), decode_signed, 3);
  CHECK(test::must(decode_signed(encode(outer))) == outer);
  const Upload upload{encode(sample_envelope()), Bytes(71, 1), Bytes(300, 2)};
  check_strict(encode(upload), decode_upload, 4);
  CHECK(test::must(decode_upload(encode(upload))) == upload);
  const HubReceipt receipt{"T-0001", 1, 7, {}, 1'795'000'000'000, ReceiptStatus::refused, "hub.bad_record"};
  check_strict(encode(receipt), decode_receipt, 5);
  CHECK(test::must(decode_receipt(encode(receipt))) == receipt);
  const AskRequest ask{"00000420000178", "0123456789ABCDEF", Bytes(65, 4)};
  check_strict(encode(ask), decode_ask_request, 6);
  CHECK(test::must(decode_ask_request(encode(ask))) == ask);
  const CaseState state{"00000420000178", CaseStage::accepted, 5, 6, "A-1"};
  check_strict(encode(state), decode_case_state, 7);
  CHECK(test::must(decode_case_state(encode(state))) == state);
  CHECK(test::must(decode_states(encode_states({state, state}))) == std::vector{state, state});
  const std::vector<std::string> cases = {"00000420000178", "1"};
  CHECK(test::must(decode_case_list(encode_case_list(cases))) == cases);
}

TEST_CASE(
    "the second form tells what the department says; the first is what it was, and neither passes for the "
    "other") {
  const CaseState told{"00000420000178", CaseStage::accepted, 5, 6, "A-1", "done", 7};
  check_strict(encode_second(told), decode_second_case_state, 7, encode_second);
  CHECK(test::must(decode_second_case_state(encode_second(told))) == told);
  CHECK(test::must(decode_second_states(encode_second_states({told, told}))) == std::vector{told, told});
  CaseState first = told;
  first.department_state.clear();
  first.department_utc_ms = 0;
  CHECK(test::must(decode_case_state(encode(told))) == first);
  CHECK(encode(told) == encode(first));
  CHECK_FALSE(decode_case_state(encode_second(told)).ok());
  CHECK_FALSE(decode_second_case_state(encode(told)).ok());
  CHECK_FALSE(decode_states(encode_second_states({told})).ok());
  CHECK_FALSE(decode_second_states(encode_states({told})).ok());
  const std::vector<std::string> cases = {"00000420000178", "1"};
  CHECK(test::must(decode_second_case_list(encode_second_case_list(cases))) == cases);
  CHECK_FALSE(decode_case_list(encode_second_case_list(cases)).ok());
  const AskRequest ask{"00000420000178", "0123456789ABCDEF", Bytes(65, 4), AskForm::second};
  check_strict(encode(ask), decode_ask_request, 6);
  CHECK(test::must(decode_ask_request(encode(ask))) == ask);
}

TEST_CASE("the third form tells of a certificate, and passes for none of the others") {
  CaseState told{"00000420000178", CaseStage::accepted, 5, 6, "A-1", "issued", 7, 70'000};
  check_strict(encode_third(told), decode_third_case_state, 7, encode_third);
  CHECK(test::must(decode_third_case_state(encode_third(told))) == told);
  CHECK_FALSE(decode_second_case_state(encode_third(told)).ok());
  CHECK_FALSE(decode_third_case_state(encode_second(told)).ok());
  const Bytes second = encode_second(told);
  told.certificate_size = 0;
  CHECK(second == encode_second(told));
  told.certificate_size = certificate_size_max + 1;
  CHECK_FALSE(decode_third_case_state(encode_third(told)).ok());
  const AskRequest ask{"00000420000178", "0123456789ABCDEF", Bytes(65, 4), AskForm::third};
  check_strict(encode(ask), decode_ask_request, 6);
  CHECK(test::must(decode_ask_request(encode(ask))) == ask);
}

TEST_CASE("an ask for a piece names where a piece begins") {
  AskRequest ask{"00000420000178", "0123456789ABCDEF", Bytes(65, 4), AskForm::piece};
  ask.offset = 3 * certificate_piece_size;
  check_strict(encode(ask), decode_ask_request, 6);
  CHECK(test::must(decode_ask_request(encode(ask))) == ask);
  SECTION("in the middle of one") { ask.offset += 1; }
  SECTION("beyond what any certificate has") { ask.offset = certificate_size_max; }
  CHECK(test::code_of(decode_ask_request(encode(ask))) == "message.invalid");
}

TEST_CASE("a piece has exactly the bytes that its offset and the certificate's size say") {
  CertificatePiece piece{certificate_piece_size + 300, {}, certificate_piece_size, Bytes(300, 0x25)};
  piece.digest.fill(0xDD);
  check_strict(encode(piece), decode_certificate_piece, 6);
  CHECK(test::must(decode_certificate_piece(encode(piece))) == piece);
  const CertificatePiece first{piece.size, piece.digest, 0, Bytes(certificate_piece_size, 1)};
  CHECK(test::must(decode_certificate_piece(encode(first))) == first);
  SECTION("one byte less") { piece.bytes.pop_back(); }
  SECTION("one byte more") { piece.bytes.push_back(1); }
  SECTION("behind its end") { piece.offset = 2 * certificate_piece_size; }
  SECTION("between two pieces") {
    piece.offset -= 1;
    piece.bytes.push_back(1);
  }
  SECTION("a size that none has") { piece.size = certificate_size_max + 1; }
  CHECK(test::code_of(decode_certificate_piece(encode(piece))) == "message.invalid");
}

TEST_CASE("no message passes for another kind") {
  const HubReceipt receipt{"T-0001", 1, 7, {}, 1, ReceiptStatus::stored, ""};
  CHECK_FALSE(decode_states(encode(receipt)).ok());
  CHECK_FALSE(decode_receipt(encode_states({})).ok());
  CHECK_FALSE(decode_envelope(encode(receipt)).ok());
  CHECK_FALSE(decode_case_state(encode_states({CaseState{}})).ok());
}

TEST_CASE("lists longer than their limit are refused") {
  CHECK_FALSE(decode_case_list(encode_case_list(std::vector<std::string>(states_per_request_max + 1))).ok());
  CHECK_FALSE(decode_states(encode_states(std::vector<CaseState>(states_per_request_max + 1))).ok());
}

TEST_CASE("a question for a head and its answer read back, and their ranges have one form") {
  const HeadAsk ask{2, Bytes(head_nonce_size, 1), Bytes{1, 2}, {{1, 1}, {3, 4}}};
  CHECK(test::must(decode_head_ask(encode(ask))) == ask);
  Head head;
  head.terminal_id = "T-0001";
  head.epoch = 2;
  head.seq = 9;
  head.utc_ms = 5;
  head.nonce = ask.nonce;
  head.missing = {{2, 3}, {8, 8}};
  CHECK(test::must(decode_head(encode(head))) == head);
  const auto accepts = [&](std::vector<SeqRange> missing) {
    Head other = head;
    other.missing = std::move(missing);
    return decode_head(encode(other)).ok();
  };
  CHECK_FALSE(accepts({{0, 1}}));
  CHECK_FALSE(accepts({{3, 2}}));
  CHECK_FALSE(accepts({{1, 2}, {3, 4}}));  // one range
  CHECK_FALSE(accepts({{4, 5}, {1, 2}}));
  CHECK_FALSE(accepts({{8, 9}}));  // the head itself
  CHECK_FALSE(accepts(std::vector<SeqRange>(head_ranges_max + 1, SeqRange{1, 1})));
  HeadAsk shorter = ask;
  shorter.nonce.pop_back();
  CHECK_FALSE(decode_head_ask(encode(shorter)).ok());
  CHECK_FALSE(decode_head(encode(ask)).ok());
}

TEST_CASE("the hub's clock, a renewal's messages, and its proof that is for one terminal and one key") {
  const RenewRequest request{Bytes(65, 4), Bytes(70, 5)};
  CHECK(test::must(decode_renew_request(encode(request))) == request);
  CHECK_FALSE(decode_renew_request(encode(RenewRequest{Bytes(66, 4), Bytes(70, 5)})).ok());
  CHECK_FALSE(decode_renew_request(encode_certificate("x")).ok());
  CHECK(test::must(decode_certificate(encode_certificate("-----BEGIN"))) == "-----BEGIN");
  CHECK_FALSE(decode_certificate(encode_certificate(std::string(certificate_pem_size_max + 1, 'x'))).ok());
  CHECK(test::must(decode_time(encode_time(1'795'000'000'000))) == 1'795'000'000'000);
  CHECK_FALSE(decode_time(encode_states({})).ok());
  CHECK(renew_proof("T-1", Bytes(65, 4)) != renew_proof("T-2", Bytes(65, 4)));
  CHECK(renew_proof("T-1", Bytes(65, 4)) != renew_proof("T-1", Bytes(65, 5)));
}

}  // namespace bianmin::record

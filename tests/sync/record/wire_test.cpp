// WIRE.md and the vectors are the code's own: what they show is what comes out, byte for byte.
#include <map>

#include "sync/proof/proof.hpp"
#include "sync/record/case_no.hpp"
#include "sync/record/slip.hpp"
#include "sync/record/statement.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/json.hpp"
#include "terminal/base/text.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::record {

using test::must;

namespace {

using Vectors = std::map<std::string, std::string>;  // hexadecimal

template <std::size_t size>
void count_up(std::array<std::uint8_t, size>& bytes, std::uint8_t first) {
  for (std::size_t at = 0; at < size; ++at) bytes[at] = static_cast<std::uint8_t>(first + at);
}

CaseRecord wire_case() {
  CaseRecord record;
  count_up(record.id, 0x10);
  record.case_no = must(make_case_no(42, 1));
  record.token = make_token(Bytes{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  record.service_id = "pension-confirmation";
  record.service_version = "1.0.0";
  record.item_code = "12441500196720244T3442199806003";
  record.terminal_id = "T-0001";
  record.created_utc_ms = 1'795'000'000'123;
  record.person = {{"name", std::string(test::canary_name)}, {"number", std::string(test::canary_number)}};
  record.answers = {{"who", "本人"}, {"note", ""}};
  return record;
}

Envelope wire_envelope() {
  const CaseRecord record = wire_case();
  Envelope envelope;
  envelope.terminal_id = record.terminal_id;
  envelope.epoch = 1;
  envelope.seq = 300;
  count_up(envelope.previous, 0x40);
  envelope.record_id = record.id;
  envelope.case_no = record.case_no;
  envelope.service_id = record.service_id;
  envelope.created_utc_ms = record.created_utc_ms;
  count_up(envelope.payload_digest, 0x80);
  envelope.payload_size = 70'000;
  return envelope;
}

HubReceipt wire_receipt() {
  const Envelope envelope = wire_envelope();
  HubReceipt receipt{
      envelope.terminal_id, envelope.epoch, envelope.seq, {}, 1'795'000'001'000, ReceiptStatus::stored, ""};
  count_up(receipt.envelope_digest, 0xC0);
  return receipt;
}

CaseRecord with(CaseRecord record, RecordKind kind) {
  record.kind = kind;
  record.token.clear();
  record.person.clear();
  record.answers.clear();
  if (kind == RecordKind::rating) record.answers = {{"level", "1"}};
  if (kind == RecordKind::document) record.document = Document{"application/pdf", bytes_of("%PDF-1.7")};
  return record;
}

proof::Hash wire_hash(std::uint8_t first) {
  proof::Hash hash{};
  count_up(hash, first);
  return hash;
}

// What the hub proves: made of the records above.
void add_proofs(Vectors& made) {
  const auto add = [&](const std::string& name, const Bytes& bytes) { made[name] = to_hex(bytes); };
  const auto profile = must(seal::Profile::named(profile_international));
  const proof::Hash mark = proof::slip_mark(*profile, {wire_case().case_no, wire_case().token});
  const proof::Leaf leaf{encode(wire_receipt()), Bytes(mark.begin(), mark.end())};
  add("slip-mark", Bytes(mark.begin(), mark.end()));
  add("leaf", proof::encode(leaf));
  const proof::Hash hash = proof::leaf_hash(*profile, proof::encode(leaf));
  add("leaf-hash", Bytes(hash.begin(), hash.end()));
  const proof::Hash node = proof::node_hash(*profile, hash, wire_hash(0x20));
  add("node-hash", Bytes(node.begin(), node.end()));
  const Bytes head = proof::encode(proof::TreeHead{"intl-1", {2, node}, 1'795'000'010'000, wire_hash(0x60)});
  add("tree-head", head);
  const Bytes signed_head = encode(Signed{head, Bytes{0x30, 0x00}});
  add("proof", proof::encode(proof::Proof{signed_head, proof::encode(leaf), 0, {wire_hash(0x20)}, {}}));
  add("consistency",
      proof::encode(proof::Consistency{Bytes{0xB0, 0xB1}, Bytes{0xB2, 0xB3}, {wire_hash(0x20)}}));
  add("proof-ask", proof::encode(proof::ProofAsk{"intl-1", mark}));
  add("consistency-ask", proof::encode(proof::ConsistencyAsk{"intl-1", 1, 0}));
}

Vectors from_code() {
  Vectors made;
  const auto add = [&](const std::string& name, const Bytes& bytes) { made[name] = to_hex(bytes); };
  add_proofs(made);
  CaseRecord signed_case = wire_case();
  signed_case.signature = PersonSignature{Bytes{0x30, 0x01, 0x02}, Bytes(person_signature_size, 0x5A)};
  add("record-case", must(encode(wire_case())));
  add("record-signed", must(encode(signed_case)));
  add("record-rating", must(encode(with(wire_case(), RecordKind::rating))));
  add("record-document", must(encode(with(wire_case(), RecordKind::document))));
  CaseRecord part = with(wire_case(), RecordKind::document);
  part.document->part = DocumentPart{wire_case().id, 2, 3, 500'000};
  add("record-document-part", must(encode(part)));
  add("statement", must(statement_of(signed_case)));
  add("sign-in", sign_in_challenge("T-0001", 1'795'000'000'123, Bytes(sign_in_nonce_size, 0x77)));
  add("envelope", encode(wire_envelope()));
  add("upload", encode(Upload{Bytes{0xE0, 0xE1}, Bytes{0x30, 0x00}, Bytes{0xA0, 0xA1, 0xA2}}));
  add("signed", encode(Signed{Bytes{0xB0, 0xB1}, Bytes{0x30, 0x00}}));
  add("receipt-stored", encode(wire_receipt()));
  HubReceipt refused = wire_receipt();
  refused.status = ReceiptStatus::refused;
  refused.code = "hub.bad_record";
  add("receipt-refused", encode(refused));
  add("ask", encode(AskRequest{wire_case().case_no, wire_case().token, Bytes(65, 0x04)}));
  const CaseState accepted{wire_case().case_no, CaseStage::accepted, 1'795'000'001'000, 1'795'000'002'000,
                           "A0000000001"};
  add("answer", encode(accepted));
  add("states", encode_states({accepted, CaseState{"00000420000285", CaseStage::unknown, 0, 0, ""}}));
  add("cases", encode_case_list({accepted.case_no, "00000420000285"}));
  add("no-cases", encode_case_list({}));
  CaseState done = accepted;
  done.department_state = "done";
  done.department_utc_ms = 1'795'000'003'000;
  add("ask-2", encode(AskRequest{wire_case().case_no, wire_case().token, Bytes(65, 0x04), AskForm::second}));
  add("answer-2", encode_second(done));
  add("states-2", encode_second_states({done, CaseState{"00000420000285", CaseStage::unknown, 0, 0, ""}}));
  add("cases-2", encode_second_case_list({accepted.case_no, "00000420000285"}));
  AskRequest third{wire_case().case_no, wire_case().token, Bytes(65, 0x04), AskForm::third};
  add("ask-3", encode(third));
  third.form = AskForm::piece;
  third.offset = certificate_piece_size;
  add("ask-piece", encode(third));
  done.certificate_size = 262'147;
  add("answer-3", encode_third(done));
  add("certificate-piece", encode(CertificatePiece{done.certificate_size, wire_receipt().envelope_digest,
                                                   third.offset, Bytes{0x45, 0x4F, 0x46}}));
  add("time", encode_time(1'795'000'001'000));
  record::HeadAsk head_ask{1, Bytes(head_nonce_size, 0x55), {}, {{3, 5}, {9, 9}}};
  head_ask.receipt = encode(Signed{Bytes{0xB0, 0xB1}, Bytes{0x30, 0x00}});
  add("head-ask", encode(head_ask));
  add("head",
      encode(Head{
          "T-0001", 1, 300, wire_receipt().envelope_digest, 1'795'000'001'000, head_ask.nonce, {{7, 8}}}));
  add("hub-key", encode(KeyStatement{std::string(profile_international), 2, Bytes(65, 0x04)}));
  add("renew", encode(RenewRequest{Bytes(65, 0x04), Bytes{0x30, 0x00}}));
  add("renew-proof", renew_proof("T-0001", Bytes(65, 0x04)));
  add("certificate", encode_certificate("PEM"));
  made["slip"] = to_hex(view_of(slip_text({wire_case().case_no, wire_case().token})));
  return made;
}

std::string text_file(const std::string& path) { return text_of(must(read_file(path, 1U << 20U))); }

// The blocks "```vector NAME" of the document.
Vectors from_document() {
  Vectors found;
  std::string name;
  const std::string text = text_file("sync/record/WIRE.md");
  for (const auto line : split(text, '\n')) {
    if (line.starts_with("```vector ")) {
      name = line.substr(10);
    } else if (line.starts_with("```")) {
      name.clear();
    } else if (!name.empty()) {
      for (const char c : line.substr(0, line.find(';'))) {
        if (c != ' ') found[name] += c;
      }
    }
  }
  return found;
}

}  // namespace

TEST_CASE("the vectors in tests/sync/vectors are what the code writes") {
  const auto json = must(parse_json(text_file("tests/sync/vectors/encodings.json")));
  Vectors kept;
  for (const auto& [name, hex] : json.items()) kept[name] = hex.get<std::string>();
  const Vectors made = from_code();
  Json all;
  for (const auto& [name, hex] : made) all[name] = hex;
  INFO(json_text(all, true));
  CHECK(kept == made);
}

TEST_CASE("the vectors in WIRE.md are what the code writes") {
  const Vectors made = from_code();
  const Vectors shown = from_document();
  CHECK(shown.size() >= 10);
  for (const auto& [name, hex] : shown) {
    INFO(name);
    REQUIRE(made.contains(name));
    CHECK(hex == made.at(name));
  }
}

TEST_CASE("WIRE.md names every format, problem and limit that the code has") {
  const std::string text = text_file("sync/record/WIRE.md");
  for (const char* word : {"bm-record-1",
                           "bm-statement-1",
                           "bm-sign-in-1",
                           "bm-envelope-1",
                           "bm-upload-1",
                           "bm-signed-1",
                           "bm-receipt-1",
                           "bm-ask-1",
                           "bm-answer-1",
                           "bm-states-1",
                           "bm-cases-1",
                           "bm-ask-2",
                           "bm-answer-2",
                           "bm-states-2",
                           "bm-cases-2",
                           "bm-ask-3",
                           "bm-answer-3",
                           "bm-ask-piece-1",
                           "bm-certificate-piece-1",
                           "bm-time-1",
                           "bm-head-ask-1",
                           "bm-head-1",
                           "bm-hub-key-1",
                           "bm-renew-1",
                           "bm-renew-proof-1",
                           "bm-certificate-1",
                           "bm-stick-1",
                           "bm-slip-1",
                           "bm-leaf-1",
                           "bm-tree-head-1",
                           "bm-proof-1",
                           "bm-consistency-1",
                           "bm-proof-ask-1",
                           "bm-consistency-ask-1",
                           "journal.gap",
                           "journal.bad_envelope",
                           "journal.bad_signature",
                           "journal.broken_chain",
                           "journal.bad_payload",
                           "journal.missing_payload",
                           "journal.bad_receipt",
                           "journal.bad_state",
                           "journal.repeated_case",
                           "intl-1",
                           "gm-1"}) {
    INFO(word);
    CHECK(text.find(word) != std::string::npos);
  }
  for (const std::size_t limit : {envelope_size_max, record_fields_max, record_name_size_max,
                                  states_per_request_max, signature_size_max}) {
    INFO(limit);
    CHECK(text.find(std::to_string(limit)) != std::string::npos);
  }
}

}  // namespace bianmin::record

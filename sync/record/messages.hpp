// What terminal and hub say to each other. Each message is canonical CBOR with its own format name first, so
// that a signature over one kind can never pass for another.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sync/record/envelope.hpp"

namespace bianmin::record {

// Bytes and a signature over exactly these bytes.
struct Signed {
  Bytes body;
  Bytes signature;
  bool operator==(const Signed&) const = default;
};

// A record on its way.
struct Upload {
  Bytes envelope;
  Bytes signature;  // device key over `envelope`
  Bytes payload;    // sealed to the hub
  bool operator==(const Upload&) const = default;
};

enum class ReceiptStatus : std::uint8_t {
  stored = 0,   // committed at the hub: the terminal may drop the payload
  refused = 1,  // kept at the hub for its operators, but no case came of it: `code` says why
};

struct HubReceipt {
  std::string terminal_id;
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;
  Digest envelope_digest{};
  std::int64_t received_utc_ms = 0;
  ReceiptStatus status = ReceiptStatus::stored;
  std::string code;  // empty when stored
  bool operator==(const HubReceipt&) const = default;
};

enum class CaseStage : std::uint8_t { unknown = 0, received = 1, accepted = 2 };

// Where a case stands at the hub.
struct CaseState {
  std::string case_no;
  CaseStage stage = CaseStage::unknown;
  std::int64_t received_utc_ms = 0;
  std::int64_t accepted_utc_ms = 0;
  std::string acceptance_no;
  // What the department says of it after that, in a word of its own ("checking", "done"), and when it said
  // so. In answers of the second form alone.
  std::string department_state{};
  std::int64_t department_utc_ms = 0;
  // Of the certificate that the department has issued over it, in bytes; 0: there is none. In answers of the
  // third form alone.
  std::uint64_t certificate_size = 0;
  bool operator==(const CaseState&) const = default;
};

// A certificate is a file that a department has issued over a case: a PDF.
constexpr std::size_t certificate_size_max = 4 * 1024 * 1024;
constexpr std::size_t certificate_piece_size = 256 * 1024;  // of every piece but the last one

// What is wanted. Terminals ask for the newest form of a case's state that they know, and get it; a hub that
// is older than it refuses.
enum class AskForm : std::uint8_t {
  first = 1,   // CaseState without what its department says
  second = 2,  // with it
  third = 3,   // and whether there is a certificate
  piece = 4,   // CertificatePiece
};

// Asked by the holder of a slip; travels sealed to the hub. The answer is sealed to `reply_key`.
struct AskRequest {
  std::string case_no;
  std::string token;
  Bytes reply_key;  // uncompressed point of the profile's curve, 65 bytes, used once
  AskForm form = AskForm::first;
  std::uint64_t offset = 0;  // of the piece, in bytes: a multiple of certificate_piece_size; else 0
  bool operator==(const AskRequest&) const = default;
};

// A part of a certificate. A department may issue another one meanwhile: then the digest is another.
struct CertificatePiece {
  std::uint64_t size = 0;  // of the whole certificate
  Digest digest{};         // of the whole certificate, by the asker's profile
  std::uint64_t offset = 0;
  Bytes bytes;  // personal data
  bool operator==(const CertificatePiece&) const = default;
};

// A terminal asks for a certificate for a new TLS key, over a connection with the old one.
struct RenewRequest {
  Bytes public_key;  // uncompressed P-256 point, 65 bytes
  Bytes proof;       // signature of that key over renew_proof()
  bool operator==(const RenewRequest&) const = default;
};

constexpr std::size_t certificate_pem_size_max = 8 * 1024;

// Which key records are sealed to from now on; a signed reply.
struct KeyStatement {
  std::string profile;
  std::uint64_t number = 0;  // counts up; a lower one than before is none of the hub's doing
  Bytes point;               // uncompressed, 65 bytes
  bool operator==(const KeyStatement&) const = default;
};

// Records of one life, both ends included.
struct SeqRange {
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
  bool operator==(const SeqRange&) const = default;
};

constexpr std::size_t head_ranges_max = 100;
constexpr std::size_t head_nonce_size = 16;
constexpr std::size_t signed_receipt_size_max = 1024;

// How far does the hub have a life of this terminal? With what the hub had signed for, so that it knows what
// it has lost.
struct HeadAsk {
  std::uint64_t epoch = 0;
  Bytes nonce;                 // head_nonce_size bytes, used once
  Bytes receipt;               // the newest one, signed; empty without any
  std::vector<SeqRange> lost;  // signed for, missing at the hub, and gone at the terminal too; ascending
  bool operator==(const HeadAsk&) const = default;
};

// The answer, signed.
struct Head {
  std::string terminal_id;
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;  // of the newest record; 0: there is none
  Digest digest{};        // of its envelope; zeros without one
  std::int64_t utc_ms = 0;
  Bytes nonce;
  std::vector<SeqRange> missing;  // before `seq`, ascending; at most the first head_ranges_max
  bool operator==(const Head&) const = default;
};

constexpr std::size_t signed_body_size_max = 64 * 1024;
constexpr std::size_t signature_size_max = 128;
constexpr std::size_t states_per_request_max = 100;
constexpr std::size_t upload_size_max = envelope_size_max + payload_size_max + signature_size_max + 64;

// What a sealing is for, so that a sealed thing opens only as what it is, and in its own profile.
constexpr std::string_view seal_info_record = "bianmin record intl-1";
constexpr std::string_view seal_info_ask = "bianmin ask intl-1";
constexpr std::string_view seal_info_answer = "bianmin answer intl-1";
constexpr std::string_view seal_info_certificate = "bianmin certificate intl-1";
constexpr std::string_view guomi_seal_info_record = "bianmin record gm-1";
constexpr std::string_view guomi_seal_info_ask = "bianmin ask gm-1";
constexpr std::string_view guomi_seal_info_answer = "bianmin answer gm-1";
constexpr std::string_view guomi_seal_info_certificate = "bianmin certificate gm-1";

Bytes encode(const Signed& message);
Bytes encode(const Upload& upload);
Bytes encode(const HubReceipt& receipt);
Bytes encode(const AskRequest& request);
Bytes encode(const KeyStatement& statement);
Bytes encode(const CaseState& state);                              // the body of an ask's answer
Bytes encode_states(const std::vector<CaseState>& states);         // a signed reply about own cases
Bytes encode_case_list(const std::vector<std::string>& case_nos);  // its request
// The same, with what the departments say: the second form.
Bytes encode_second(const CaseState& state);
Bytes encode_second_states(const std::vector<CaseState>& states);
Bytes encode_second_case_list(const std::vector<std::string>& case_nos);
Bytes encode_third(const CaseState& state);   // with the certificate's size besides
Bytes encode(const CertificatePiece& piece);  // the body of an ask's answer, too

Bytes encode_time(std::int64_t hub_utc_ms);  // a signed reply: the hub's clock
Bytes encode(const HeadAsk& ask);
Bytes encode(const Head& head);  // a signed reply
Bytes encode(const RenewRequest& request);
Bytes renew_proof(std::string_view terminal_id, ByteView public_key);  // what the new key signs
Bytes encode_certificate(std::string_view pem);                        // the reply

// All strict; error "message.invalid".
Result<Signed> decode_signed(ByteView bytes);
Result<Upload> decode_upload(ByteView bytes);
Result<HubReceipt> decode_receipt(ByteView bytes);
Result<AskRequest> decode_ask_request(ByteView bytes);
Result<KeyStatement> decode_key_statement(ByteView bytes);
Result<CaseState> decode_case_state(ByteView bytes);
Result<CaseState> decode_second_case_state(ByteView bytes);
Result<CaseState> decode_third_case_state(ByteView bytes);
Result<CertificatePiece> decode_certificate_piece(ByteView bytes);
Result<std::vector<CaseState>> decode_states(ByteView bytes);
Result<std::vector<CaseState>> decode_second_states(ByteView bytes);
Result<std::int64_t> decode_time(ByteView bytes);
Result<HeadAsk> decode_head_ask(ByteView bytes);
Result<Head> decode_head(ByteView bytes);
Result<std::vector<std::string>> decode_case_list(ByteView bytes);
Result<std::vector<std::string>> decode_second_case_list(ByteView bytes);
Result<RenewRequest> decode_renew_request(ByteView bytes);
Result<std::string> decode_certificate(ByteView bytes);

}  // namespace bianmin::record

#include "sync/record/messages.hpp"

#include <algorithm>
#include <array>

#include "sync/record/cbor.hpp"

namespace bianmin::record {

namespace {

constexpr std::size_t short_text_max = record_name_size_max;

Error invalid() {
  return {Remedy::refuse, "message.invalid", "not a canonical message of the expected kind"};
}

CborWriter begin(std::size_t entry_count, std::string_view format) {
  CborWriter out;
  out.map(entry_count).uint(0).text(format);
  return out;
}

// Reads the frame of a message; its members follow in ascending keys.
class MessageReader {
 public:
  MessageReader(ByteView bytes, std::size_t entry_count, std::string_view format) : in_(bytes) {
    in_.map_exactly(entry_count);
    ours_ = text() == format;
  }
  std::string text() { return next().text(short_text_max); }
  std::uint64_t uint(std::uint64_t most = INT64_MAX) { return next().uint(most); }
  std::int64_t time_ms() { return static_cast<std::int64_t>(uint()); }
  Bytes bytes(std::size_t size_max) {
    const ByteView value = next().bytes(size_max);
    return {value.begin(), value.end()};
  }
  Digest digest() {
    Digest digest{};
    const ByteView value = next().bytes_exactly(digest.size());
    if (!in_.failed()) std::ranges::copy(value, digest.begin());
    return digest;
  }
  CborReader& next() {
    in_.key(key_++);
    return in_;
  }
  bool good() const { return ours_ && in_.finished(); }

 private:
  CborReader in_;
  std::uint64_t key_ = 0;
  bool ours_ = false;
};

enum class Form { first, second, third };

std::size_t state_size(Form form) { return form == Form::first ? 5 : form == Form::second ? 7 : 8; }

void put_state(CborWriter& out, const CaseState& state, Form form) {
  out.array(state_size(form)).text(state.case_no).uint(static_cast<std::uint64_t>(state.stage));
  out.uint(static_cast<std::uint64_t>(state.received_utc_ms));
  out.uint(static_cast<std::uint64_t>(state.accepted_utc_ms)).text(state.acceptance_no);
  if (form == Form::first) return;
  out.text(state.department_state).uint(static_cast<std::uint64_t>(state.department_utc_ms));
  if (form == Form::third) out.uint(state.certificate_size);
}

CaseState get_state(CborReader& in, Form form) {
  CaseState state;
  in.array_exactly(state_size(form));
  state.case_no = in.text(short_text_max);
  state.stage = static_cast<CaseStage>(in.uint(2));
  state.received_utc_ms = static_cast<std::int64_t>(in.uint(INT64_MAX));
  state.accepted_utc_ms = static_cast<std::int64_t>(in.uint(INT64_MAX));
  state.acceptance_no = in.text(short_text_max);
  if (form == Form::first) return state;
  state.department_state = in.text(short_text_max);
  state.department_utc_ms = static_cast<std::int64_t>(in.uint(INT64_MAX));
  if (form == Form::third) state.certificate_size = in.uint(certificate_size_max);
  return state;
}

std::string_view answer_format(Form form) {
  return form == Form::first ? "bm-answer-1" : form == Form::second ? "bm-answer-2" : "bm-answer-3";
}

Bytes put_answer(const CaseState& state, Form form) {
  CborWriter out = begin(2, answer_format(form));
  out.uint(1);
  put_state(out, state, form);
  return out.take();
}

Result<CaseState> get_answer(ByteView bytes, Form form) {
  MessageReader in(bytes, 2, answer_format(form));
  CaseState state = get_state(in.next(), form);
  if (!in.good()) return invalid();
  return state;
}

Bytes put_states(const std::vector<CaseState>& states, Form form) {
  CborWriter out = begin(2, form == Form::first ? "bm-states-1" : "bm-states-2");
  out.uint(1).array(states.size());
  for (const CaseState& state : states) put_state(out, state, form);
  return out.take();
}

Result<std::vector<CaseState>> get_states(ByteView bytes, Form form) {
  MessageReader in(bytes, 2, form == Form::first ? "bm-states-1" : "bm-states-2");
  CborReader& list = in.next();
  std::vector<CaseState> states(list.array(states_per_request_max));
  for (CaseState& state : states) state = get_state(list, form);
  if (!in.good()) return invalid();
  return states;
}

Bytes put_case_list(const std::vector<std::string>& case_nos, Form form) {
  CborWriter out = begin(2, form == Form::first ? "bm-cases-1" : "bm-cases-2");
  out.uint(1).array(case_nos.size());
  for (const std::string& case_no : case_nos) out.text(case_no);
  return out.take();
}

Result<std::vector<std::string>> get_case_list(ByteView bytes, Form form) {
  MessageReader in(bytes, 2, form == Form::first ? "bm-cases-1" : "bm-cases-2");
  CborReader& list = in.next();
  std::vector<std::string> case_nos(list.array(states_per_request_max));
  for (std::string& case_no : case_nos) case_no = list.text(short_text_max);
  if (!in.good()) return invalid();
  return case_nos;
}

void put_ranges(CborWriter& out, const std::vector<SeqRange>& ranges) {
  out.array(ranges.size());
  for (const SeqRange& range : ranges) out.array(2).uint(range.first_seq).uint(range.last_seq);
}

// Ascending, and with something between any two: one set of numbers has one form.
std::vector<SeqRange> get_ranges(CborReader& in, bool& ordered) {
  std::vector<SeqRange> ranges(in.array(head_ranges_max));
  std::uint64_t least = 1;
  for (SeqRange& range : ranges) {
    in.array_exactly(2);
    range.first_seq = in.uint(INT64_MAX - 2);
    range.last_seq = in.uint(INT64_MAX - 2);
    ordered = ordered && range.first_seq >= least && range.last_seq >= range.first_seq;
    least = range.last_seq + 2;
  }
  return ranges;
}

constexpr std::array ask_forms = {AskForm::first, AskForm::second, AskForm::third, AskForm::piece};

std::string_view ask_format(AskForm form) {
  constexpr std::array<std::string_view, ask_forms.size()> formats = {"bm-ask-1", "bm-ask-2", "bm-ask-3",
                                                                      "bm-ask-piece-1"};
  return formats.at(static_cast<std::size_t>(form) - 1);
}

Result<AskRequest> get_ask(ByteView bytes, AskForm form) {
  const bool piece = form == AskForm::piece;
  MessageReader in(bytes, piece ? 5 : 4, ask_format(form));
  AskRequest request;
  request.case_no = in.text();
  request.token = in.text();
  request.reply_key = in.bytes(65);
  request.form = form;
  if (piece) request.offset = in.uint(certificate_size_max - 1);
  if (!in.good() || request.offset % certificate_piece_size != 0) return invalid();
  return request;
}

}  // namespace

Bytes encode(const Signed& message) {
  return begin(3, "bm-signed-1").uint(1).bytes(message.body).uint(2).bytes(message.signature).take();
}

Result<Signed> decode_signed(ByteView bytes) {
  MessageReader in(bytes, 3, "bm-signed-1");
  Signed message{in.bytes(signed_body_size_max), in.bytes(signature_size_max)};
  if (!in.good()) return invalid();
  return message;
}

Bytes encode(const Upload& upload) {
  CborWriter out = begin(4, "bm-upload-1");
  out.uint(1).bytes(upload.envelope).uint(2).bytes(upload.signature).uint(3).bytes(upload.payload);
  return out.take();
}

Result<Upload> decode_upload(ByteView bytes) {
  MessageReader in(bytes, 4, "bm-upload-1");
  Upload upload{in.bytes(envelope_size_max), in.bytes(signature_size_max), in.bytes(payload_size_max)};
  if (!in.good()) return invalid();
  return upload;
}

Bytes encode(const HubReceipt& receipt) {
  CborWriter out = begin(8, "bm-receipt-1");
  out.uint(1).text(receipt.terminal_id).uint(2).uint(receipt.epoch).uint(3).uint(receipt.seq);
  out.uint(4).bytes(receipt.envelope_digest);
  out.uint(5).uint(static_cast<std::uint64_t>(receipt.received_utc_ms));
  out.uint(6).uint(static_cast<std::uint64_t>(receipt.status)).uint(7).text(receipt.code);
  return out.take();
}

Result<HubReceipt> decode_receipt(ByteView bytes) {
  MessageReader in(bytes, 8, "bm-receipt-1");
  HubReceipt receipt;
  receipt.terminal_id = in.text();
  receipt.epoch = in.uint();
  receipt.seq = in.uint();
  receipt.envelope_digest = in.digest();
  receipt.received_utc_ms = in.time_ms();
  receipt.status = static_cast<ReceiptStatus>(in.uint(1));
  receipt.code = in.text();
  if (!in.good()) return invalid();
  return receipt;
}

Bytes encode(const AskRequest& request) {
  const bool piece = request.form == AskForm::piece;
  CborWriter out = begin(piece ? 5 : 4, ask_format(request.form));
  out.uint(1).text(request.case_no).uint(2).text(request.token).uint(3).bytes(request.reply_key);
  if (piece) out.uint(4).uint(request.offset);
  return out.take();
}

Result<AskRequest> decode_ask_request(ByteView bytes) {
  for (const AskForm form : ask_forms) {
    if (auto request = get_ask(bytes, form)) return request;
  }
  return invalid();
}

Bytes encode(const CertificatePiece& piece) {
  CborWriter out = begin(5, "bm-certificate-piece-1");
  out.uint(1).uint(piece.size).uint(2).bytes(piece.digest);
  return out.uint(3).uint(piece.offset).uint(4).bytes(piece.bytes).take();
}

Result<CertificatePiece> decode_certificate_piece(ByteView bytes) {
  MessageReader in(bytes, 5, "bm-certificate-piece-1");
  CertificatePiece piece;
  piece.size = in.uint(certificate_size_max);
  piece.digest = in.digest();
  piece.offset = in.uint(certificate_size_max);
  piece.bytes = in.bytes(certificate_piece_size);
  if (!in.good() || piece.offset % certificate_piece_size != 0 || piece.offset >= piece.size) {
    return invalid();
  }
  const std::uint64_t rest = piece.size - piece.offset;
  if (piece.bytes.size() != std::min<std::uint64_t>(rest, certificate_piece_size)) return invalid();
  return piece;
}

Bytes encode(const KeyStatement& statement) {
  CborWriter out = begin(4, "bm-hub-key-1");
  return out.uint(1)
      .text(statement.profile)
      .uint(2)
      .uint(statement.number)
      .uint(3)
      .bytes(statement.point)
      .take();
}

Result<KeyStatement> decode_key_statement(ByteView bytes) {
  MessageReader in(bytes, 4, "bm-hub-key-1");
  KeyStatement statement;
  statement.profile = in.text();
  statement.number = in.uint();
  statement.point = in.bytes(65);
  if (!in.good() || statement.number == 0) return invalid();
  return statement;
}

Bytes encode(const CaseState& state) { return put_answer(state, Form::first); }
Bytes encode_second(const CaseState& state) { return put_answer(state, Form::second); }
Bytes encode_third(const CaseState& state) { return put_answer(state, Form::third); }

Result<CaseState> decode_case_state(ByteView bytes) { return get_answer(bytes, Form::first); }
Result<CaseState> decode_second_case_state(ByteView bytes) { return get_answer(bytes, Form::second); }
Result<CaseState> decode_third_case_state(ByteView bytes) { return get_answer(bytes, Form::third); }

Bytes encode_states(const std::vector<CaseState>& states) { return put_states(states, Form::first); }
Bytes encode_second_states(const std::vector<CaseState>& states) { return put_states(states, Form::second); }

Result<std::vector<CaseState>> decode_states(ByteView bytes) { return get_states(bytes, Form::first); }
Result<std::vector<CaseState>> decode_second_states(ByteView bytes) {
  return get_states(bytes, Form::second);
}

Bytes encode_case_list(const std::vector<std::string>& case_nos) {
  return put_case_list(case_nos, Form::first);
}
Bytes encode_second_case_list(const std::vector<std::string>& case_nos) {
  return put_case_list(case_nos, Form::second);
}

Result<std::vector<std::string>> decode_case_list(ByteView bytes) {
  return get_case_list(bytes, Form::first);
}
Result<std::vector<std::string>> decode_second_case_list(ByteView bytes) {
  return get_case_list(bytes, Form::second);
}

Bytes encode_time(std::int64_t hub_utc_ms) {
  return begin(2, "bm-time-1").uint(1).uint(static_cast<std::uint64_t>(hub_utc_ms)).take();
}

Result<std::int64_t> decode_time(ByteView bytes) {
  MessageReader in(bytes, 2, "bm-time-1");
  const std::int64_t hub_utc_ms = in.time_ms();
  if (!in.good()) return invalid();
  return hub_utc_ms;
}

Bytes encode(const HeadAsk& ask) {
  CborWriter out = begin(5, "bm-head-ask-1");
  out.uint(1).uint(ask.epoch).uint(2).bytes(ask.nonce).uint(3).bytes(ask.receipt).uint(4);
  put_ranges(out, ask.lost);
  return out.take();
}

Result<HeadAsk> decode_head_ask(ByteView bytes) {
  MessageReader in(bytes, 5, "bm-head-ask-1");
  bool ordered = true;
  HeadAsk ask;
  ask.epoch = in.uint();
  ask.nonce = in.bytes(head_nonce_size);
  ask.receipt = in.bytes(signed_receipt_size_max);
  ask.lost = get_ranges(in.next(), ordered);
  if (!in.good() || !ordered || ask.nonce.size() != head_nonce_size) return invalid();
  return ask;
}

Bytes encode(const Head& head) {
  CborWriter out = begin(8, "bm-head-1");
  out.uint(1).text(head.terminal_id).uint(2).uint(head.epoch).uint(3).uint(head.seq);
  out.uint(4).bytes(head.digest).uint(5).uint(static_cast<std::uint64_t>(head.utc_ms));
  out.uint(6).bytes(head.nonce).uint(7);
  put_ranges(out, head.missing);
  return out.take();
}

Result<Head> decode_head(ByteView bytes) {
  MessageReader in(bytes, 8, "bm-head-1");
  bool ordered = true;
  Head head;
  head.terminal_id = in.text();
  head.epoch = in.uint();
  head.seq = in.uint(INT64_MAX - 1);
  head.digest = in.digest();
  head.utc_ms = in.time_ms();
  head.nonce = in.bytes(head_nonce_size);
  head.missing = get_ranges(in.next(), ordered);
  if (!in.good() || !ordered || head.nonce.size() != head_nonce_size) return invalid();
  if (!head.missing.empty() && head.missing.back().last_seq >= head.seq) return invalid();
  return head;
}

Bytes encode(const RenewRequest& request) {
  return begin(3, "bm-renew-1").uint(1).bytes(request.public_key).uint(2).bytes(request.proof).take();
}

Result<RenewRequest> decode_renew_request(ByteView bytes) {
  MessageReader in(bytes, 3, "bm-renew-1");
  RenewRequest request{in.bytes(65), in.bytes(signature_size_max)};
  if (!in.good()) return invalid();
  return request;
}

Bytes renew_proof(std::string_view terminal_id, ByteView public_key) {
  return begin(3, "bm-renew-proof-1").uint(1).text(terminal_id).uint(2).bytes(public_key).take();
}

Bytes encode_certificate(std::string_view pem) {
  return begin(2, "bm-certificate-1").uint(1).bytes(view_of(pem)).take();
}

Result<std::string> decode_certificate(ByteView bytes) {
  MessageReader in(bytes, 2, "bm-certificate-1");
  const Bytes pem = in.bytes(certificate_pem_size_max);
  if (!in.good()) return invalid();
  return text_of(pem);
}

}  // namespace bianmin::record

#include "sync/record/messages.hpp"

#include <algorithm>

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

void put_state(CborWriter& out, const CaseState& state) {
  out.array(5).text(state.case_no).uint(static_cast<std::uint64_t>(state.stage));
  out.uint(static_cast<std::uint64_t>(state.received_utc_ms));
  out.uint(static_cast<std::uint64_t>(state.accepted_utc_ms)).text(state.acceptance_no);
}

CaseState get_state(CborReader& in) {
  CaseState state;
  in.array_exactly(5);
  state.case_no = in.text(short_text_max);
  state.stage = static_cast<CaseStage>(in.uint(2));
  state.received_utc_ms = static_cast<std::int64_t>(in.uint(INT64_MAX));
  state.accepted_utc_ms = static_cast<std::int64_t>(in.uint(INT64_MAX));
  state.acceptance_no = in.text(short_text_max);
  return state;
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
  CborWriter out = begin(4, "bm-ask-1");
  return out.uint(1)
      .text(request.case_no)
      .uint(2)
      .text(request.token)
      .uint(3)
      .bytes(request.reply_key)
      .take();
}

Result<AskRequest> decode_ask_request(ByteView bytes) {
  MessageReader in(bytes, 4, "bm-ask-1");
  AskRequest request;
  request.case_no = in.text();
  request.token = in.text();
  request.reply_key = in.bytes(65);
  if (!in.good()) return invalid();
  return request;
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

Bytes encode(const CaseState& state) {
  CborWriter out = begin(2, "bm-answer-1");
  out.uint(1);
  put_state(out, state);
  return out.take();
}

Result<CaseState> decode_case_state(ByteView bytes) {
  MessageReader in(bytes, 2, "bm-answer-1");
  CaseState state = get_state(in.next());
  if (!in.good()) return invalid();
  return state;
}

Bytes encode_states(const std::vector<CaseState>& states) {
  CborWriter out = begin(2, "bm-states-1");
  out.uint(1).array(states.size());
  for (const CaseState& state : states) put_state(out, state);
  return out.take();
}

Result<std::vector<CaseState>> decode_states(ByteView bytes) {
  MessageReader in(bytes, 2, "bm-states-1");
  CborReader& list = in.next();
  std::vector<CaseState> states(list.array(states_per_request_max));
  for (CaseState& state : states) state = get_state(list);
  if (!in.good()) return invalid();
  return states;
}

Bytes encode_case_list(const std::vector<std::string>& case_nos) {
  CborWriter out = begin(2, "bm-cases-1");
  out.uint(1).array(case_nos.size());
  for (const std::string& case_no : case_nos) out.text(case_no);
  return out.take();
}

Result<std::vector<std::string>> decode_case_list(ByteView bytes) {
  MessageReader in(bytes, 2, "bm-cases-1");
  CborReader& list = in.next();
  std::vector<std::string> case_nos(list.array(states_per_request_max));
  for (std::string& case_no : case_nos) case_no = list.text(short_text_max);
  if (!in.good()) return invalid();
  return case_nos;
}

}  // namespace bianmin::record

#include "sync/custody/requests.hpp"

#include <algorithm>
#include <array>

#include "sync/record/cbor.hpp"

namespace bianmin::custody {

namespace {

using record::CborReader;
using record::CborWriter;

constexpr std::string_view judge_format = "bm-judge-1";
constexpr std::string_view ask_format = "bm-open-ask-1";
constexpr std::string_view record_format = "bm-open-record-1";
constexpr std::string_view certificate_format = "bm-open-certificate-2";
constexpr std::string_view key_format = "bm-newest-key-1";
constexpr std::string_view hand_out_format = "bm-hand-out-1";
constexpr std::string_view verdicts_format = "bm-verdicts-1";
constexpr std::string_view opened_ask_format = "bm-opened-ask-2";
constexpr std::string_view sealed_answer_format = "bm-sealed-answer-1";
constexpr std::string_view content_format = "bm-content-1";
constexpr std::string_view published_format = "bm-published-key-1";
constexpr std::string_view error_format = "bm-custody-error-1";

constexpr std::size_t format_size_max = 32;
constexpr std::size_t code_size_max = 64;
constexpr std::size_t ask_size_max = 4096;
constexpr std::size_t content_size_max = certificate_sealed_size_max;
constexpr std::size_t answer_size_max = record::certificate_piece_size + 1024;

// The codes that custody gives; an Error's are static.
constexpr std::array<std::string_view, 11> codes = {
    "custody.away",     "custody.cannot_log", "custody.bad_message", "custody.not_for_you",
    "hub.bad_ask",      "custody.no_reason",  "custody.no_token",    "custody.wrong_pin",
    "seal.cannot_open", "record.invalid",     "profile.unknown"};

Error bad_message() {
  return {Remedy::refuse, "custody.bad_message", "not a canonical message of the expected kind"};
}

Bytes copy_of(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

template <std::size_t size>
std::array<std::uint8_t, size> array_of(CborReader& in) {
  std::array<std::uint8_t, size> out{};
  const ByteView value = in.bytes_exactly(size);
  if (!in.failed()) std::ranges::copy(value, out.begin());
  return out;
}

CborWriter begin_message(std::string_view format) {
  CborWriter out;
  out.map(2).uint(0).text(format).uint(1);
  return out;
}

Bytes put(const JudgeRequest& request) {
  CborWriter out = begin_message(judge_format);
  out.array(request.records.size());
  for (const auto& one : request.records) out.array(2).bytes(one.envelope).bytes(one.payload);
  return out.take();
}

Bytes put(const AskRequest& request) { return begin_message(ask_format).bytes(request.sealed).take(); }

Bytes put(const RecordRequest& request) {
  CborWriter out = begin_message(record_format);
  out.array(4).bytes(request.id).bytes(request.sealed);
  return out.text(request.reason.purpose).text(request.reason.whom).take();
}

Bytes put(const CertificateRequest& request) {
  CborWriter out = begin_message(certificate_format);
  out.array(4).bytes(request.aad).bytes(request.sealed);
  return out.text(request.reason.purpose).text(request.reason.whom).take();
}

Bytes put(const HandOutRequest& request) {
  CborWriter out = begin_message(hand_out_format);
  return out.array(3).bytes(request.ask).bytes(request.certificate).text(request.whom).take();
}

Bytes put(const KeyRequest& request) { return begin_message(key_format).text(request.profile).take(); }

Bytes put(const Error& error) {
  CborWriter out = begin_message(error_format);
  return out.array(2).uint(static_cast<std::uint64_t>(error.remedy)).text(error.code).take();
}

Bytes put(const std::vector<Verdict>& verdicts) {
  CborWriter out = begin_message(verdicts_format);
  out.array(verdicts.size());
  for (const Verdict& one : verdicts) {
    out.array(4).text(one.code).text(one.signature_code).text(one.signature_state).bytes(one.token_digest);
  }
  return out.take();
}

Bytes put(const OpenedAsk& ask) {
  CborWriter out = begin_message(opened_ask_format);
  out.array(6).text(ask.profile).text(ask.case_no).bytes(ask.token_digest).bytes(ask.reply_key);
  return out.uint(static_cast<std::uint64_t>(ask.form)).uint(ask.offset).take();
}

Bytes put(const SealedAnswer& answer) {
  return begin_message(sealed_answer_format).bytes(answer.bytes).take();
}

Bytes put(const Content& content) { return begin_message(content_format).bytes(content.bytes).take(); }

Bytes put(const PublishedKey& key) {
  return begin_message(published_format).array(2).uint(key.number).bytes(key.point).take();
}

Reason reason_in(CborReader& in) {
  Reason reason;
  reason.purpose = in.text(purpose_size_max);
  reason.whom = in.text(whom_size_max);
  return reason;
}

JudgeRequest judge_in(CborReader& in) {
  JudgeRequest request;
  const std::size_t count = in.array(judged_records_max);
  for (std::size_t at = 0; at < count && !in.failed(); ++at) {
    in.array_exactly(2);
    Bytes envelope = copy_of(in.bytes(record::envelope_size_max));
    request.records.push_back({std::move(envelope), copy_of(in.bytes(record::payload_size_max))});
  }
  return request;
}

std::vector<Verdict> verdicts_in(CborReader& in) {
  std::vector<Verdict> verdicts;
  const std::size_t count = in.array(judged_records_max);
  for (std::size_t at = 0; at < count && !in.failed(); ++at) {
    in.array_exactly(4);
    Verdict one;
    one.code = in.text(code_size_max);
    one.signature_code = in.text(code_size_max);
    one.signature_state = in.text(code_size_max);
    one.token_digest = array_of<32>(in);
    verdicts.push_back(std::move(one));
  }
  return verdicts;
}

OpenedAsk ask_in(CborReader& in) {
  OpenedAsk ask;
  in.array_exactly(6);
  ask.profile = in.text(record::record_name_size_max);
  ask.case_no = in.text(record::record_name_size_max);
  ask.token_digest = array_of<32>(in);
  ask.reply_key = copy_of(in.bytes(seal::point_size));
  ask.form = static_cast<record::AskForm>(in.uint(static_cast<std::uint64_t>(record::AskForm::piece)));
  if (ask.form < record::AskForm::first) in.fail();
  ask.offset = in.uint(record::certificate_size_max);
  return ask;
}

Error error_in(CborReader& in) {
  in.array_exactly(2);
  const auto remedy = static_cast<Remedy>(in.uint(static_cast<std::uint64_t>(Remedy::refuse)));
  const std::string code = in.text(code_size_max);
  const auto known = std::ranges::find(codes, code);
  if (known == codes.end()) return {Remedy::retry_later, "custody.away", code};
  return {remedy, *known, {}};
}

Request request_in(CborReader& in, std::string_view format) {
  if (format == judge_format) return judge_in(in);
  if (format == ask_format) return AskRequest{copy_of(in.bytes(ask_size_max))};
  if (format == key_format) return KeyRequest{in.text(record::record_name_size_max)};
  if (format == record_format) {
    in.array_exactly(4);
    RecordRequest request;
    request.id = array_of<16>(in);
    request.sealed = copy_of(in.bytes(record::payload_size_max));
    request.reason = reason_in(in);
    return request;
  }
  if (format == hand_out_format) {
    in.array_exactly(3);
    HandOutRequest request;
    request.ask = copy_of(in.bytes(ask_size_max));
    request.certificate = copy_of(in.bytes(certificate_sealed_size_max));
    request.whom = in.text(whom_size_max);
    return request;
  }
  if (format != certificate_format) in.fail();
  in.array_exactly(4);
  CertificateRequest request;
  request.aad = copy_of(in.bytes(certificate_aad_size_max));
  request.sealed = copy_of(in.bytes(certificate_sealed_size_max));
  request.reason = reason_in(in);
  return request;
}

Reply reply_in(CborReader& in, std::string_view format) {
  if (format == verdicts_format) return verdicts_in(in);
  if (format == opened_ask_format) return ask_in(in);
  if (format == error_format) return error_in(in);
  if (format == content_format) {
    const ByteView bytes = in.bytes(content_size_max);
    return Content{SecretBytes(bytes.begin(), bytes.end())};
  }
  if (format == sealed_answer_format) return SealedAnswer{copy_of(in.bytes(answer_size_max))};
  if (format != published_format) in.fail();
  in.array_exactly(2);
  PublishedKey key;
  key.number = in.uint(INT64_MAX);
  key.point = copy_of(in.bytes_exactly(seal::point_size));
  return key;
}

std::string format_in(CborReader& in) {
  in.map_exactly(2);
  in.key(0);
  std::string format = in.text(format_size_max);
  in.key(1);
  return format;
}

}  // namespace

Bytes encode(const Request& request) {
  return std::visit([](const auto& one) { return put(one); }, request);
}

Result<Request> decode_request(ByteView bytes) {
  CborReader in(bytes);
  const std::string format = format_in(in);
  Request request = request_in(in, format);
  if (!in.finished()) return bad_message();
  return request;
}

SecretBytes encode(const Reply& reply) {
  Bytes bytes = std::visit([](const auto& one) { return put(one); }, reply);
  SecretBytes out(bytes.begin(), bytes.end());
  wipe(bytes.data(), bytes.size());
  return out;
}

Result<Reply> decode_reply(ByteView bytes) {
  CborReader in(bytes);
  const std::string format = format_in(in);
  Reply reply = reply_in(in, format);
  if (!in.finished()) return bad_message();
  return reply;
}

}  // namespace bianmin::custody

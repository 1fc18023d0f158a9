#include "sync/custody/client.hpp"

namespace bianmin::custody {

namespace {
Error custody_away(std::string why) { return {Remedy::retry_later, "custody.away", std::move(why)}; }
}  // namespace

Result<Reply> CustodyClient::try_once(ByteView request) {
  if (!socket_.valid()) {
    auto connected = connect_();
    if (!connected) return connected.error();
    socket_ = std::move(connected).value();
  }
  if (auto sent = send_frame(socket_.get(), request, timeout_ms_); !sent) return sent.error();
  auto bytes = receive_frame(socket_.get(), timeout_ms_, timeout_ms_);
  if (!bytes) return bytes.error();
  if (!*bytes) return custody_away("it has closed");
  return decode_reply(**bytes);
}

Result<Reply> CustodyClient::ask(const Request& request) {
  if (away_since_ms_ && clock_.steady_ms() - *away_since_ms_ < away_pause_ms) {
    return custody_away("it was not there a moment ago");
  }
  away_since_ms_.reset();
  const Bytes bytes = encode(request);
  const std::int64_t began_ms = clock_.steady_ms();
  auto reply = try_once(bytes);
  if (!reply) {
    socket_.reset();
    // One that broke at once was an old one, most likely.
    if (clock_.steady_ms() - began_ms < timeout_ms_) reply = try_once(bytes);
  }
  if (reply) return reply;
  socket_.reset();
  away_since_ms_ = clock_.steady_ms();
  return custody_away(reply.error().text());
}

template <typename Wanted>
Result<Wanted> CustodyClient::get(const Request& request) {
  auto reply = ask(request);
  if (!reply) return reply.error();
  if (const Error* error = std::get_if<Error>(&*reply)) return *error;
  if (Wanted* wanted = std::get_if<Wanted>(&*reply)) return std::move(*wanted);
  socket_.reset();
  return custody_away("it answers another question");
}

Result<std::vector<Verdict>> CustodyClient::judge(std::span<const SealedRecord> records) {
  std::vector<Verdict> verdicts;
  while (!records.empty()) {
    JudgeRequest request;
    std::size_t size = 0;
    for (const SealedRecord& one : records) {
      size += one.payload.size() + record::envelope_size_max;
      if (request.records.size() == judged_records_max) break;
      if (!request.records.empty() && size > judged_bytes_max) break;
      request.records.push_back(
          {record::encode(one.envelope), Bytes(one.payload.begin(), one.payload.end())});
    }
    const std::size_t count = request.records.size();
    records = records.subspan(count);
    auto some = get<std::vector<Verdict>>(std::move(request));
    if (!some) return some;
    if (some->size() != count) return custody_away("not one verdict for each record");
    std::ranges::move(*some, std::back_inserter(verdicts));
  }
  return verdicts;
}

Result<OpenedAsk> CustodyClient::open_ask(ByteView sealed) {
  return get<OpenedAsk>(AskRequest{Bytes(sealed.begin(), sealed.end())});
}

Result<Bytes> CustodyClient::hand_out(ByteView sealed_ask, ByteView sealed_certificate,
                                      std::string_view whom) {
  auto answer = get<SealedAnswer>(HandOutRequest{Bytes(sealed_ask.begin(), sealed_ask.end()),
                                                 Bytes(sealed_certificate.begin(), sealed_certificate.end()),
                                                 std::string(whom)});
  if (!answer) return answer.error();
  return std::move(answer->bytes);
}

Result<record::CaseRecord> CustodyClient::open_record(const record::RecordId& id, ByteView sealed,
                                                      const Reason& reason) {
  auto content = get<Content>(RecordRequest{id, Bytes(sealed.begin(), sealed.end()), reason});
  if (!content) return content.error();
  return record::decode_case_record(content->bytes);
}

Result<SecretBytes> CustodyClient::open_certificate(ByteView aad, ByteView sealed, const Reason& reason) {
  auto content = get<Content>(
      CertificateRequest{Bytes(aad.begin(), aad.end()), Bytes(sealed.begin(), sealed.end()), reason});
  if (!content) return content.error();
  return std::move(content->bytes);
}

Result<seal::NumberedKey> CustodyClient::newest_key(const seal::Profile& profile) {
  auto published = get<PublishedKey>(KeyRequest{std::string(profile.name())});
  if (!published) return published.error();
  auto key = profile.key_from_point(published->point);
  if (!key) return key.error();
  return seal::NumberedKey{std::move(key).value(), published->number};
}

Result<void> CustodyClient::wait_until_there() {
  auto key = get<PublishedKey>(KeyRequest{std::string(record::profile_international)});
  if (!key) return key.error();
  return {};
}

}  // namespace bianmin::custody

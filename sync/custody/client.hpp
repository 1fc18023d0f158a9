// Custody that is another process.
#pragma once

#include "sync/custody/desk.hpp"

namespace bianmin::custody {

constexpr int custody_timeout_ms = 5'000;            // for one answer
constexpr int away_pause_ms = 1'000;                 // after a failure nobody waits for it again so soon
constexpr std::size_t judged_bytes_max = 4U << 20U;  // of payloads, in one request

// Connects when it is first needed, and again when the connection is lost: then the request goes out once
// more, because asking twice changes nothing. Thread-bound.
class CustodyClient : public Custody, public RecordOpener {
 public:
  CustodyClient(Connect connect, const Clock& clock, int timeout_ms = custody_timeout_ms)
      : connect_(std::move(connect)), clock_(clock), timeout_ms_(timeout_ms) {}

  // Errors: those of the interfaces, "custody.away" (retry later), "custody.cannot_log" (call staff),
  // "custody.not_for_you", "custody.no_reason" (refuse).
  Result<std::vector<Verdict>> judge(std::span<const SealedRecord> records) override;
  Result<OpenedAsk> open_ask(ByteView sealed) override;
  Result<Bytes> hand_out(ByteView sealed_ask, ByteView sealed_certificate, std::string_view whom) override;
  Result<record::CaseRecord> open_record(const record::RecordId& id, ByteView sealed,
                                         const Reason& reason) override;
  Result<SecretBytes> open_certificate(ByteView aad, ByteView sealed, const Reason& reason) override;
  Result<seal::NumberedKey> newest_key(const seal::Profile& profile) override;
  Result<void> wait_until_there();  // as long as one answer may take

 private:
  Result<Reply> ask(const Request& request);
  Result<Reply> try_once(ByteView request);
  template <typename Wanted>
  Result<Wanted> get(const Request& request);
  Connect connect_;
  const Clock& clock_;
  int timeout_ms_;
  FileDescriptor socket_;
  std::optional<std::int64_t> away_since_ms_;
};

}  // namespace bianmin::custody

// What is asked of custody and what it answers, as bytes between processes: canonical CBOR, each message with
// its own format name first (record/messages.hpp). All readers are strict: error "custody.bad_message"
// (refuse).
#pragma once

#include <variant>

#include "sync/custody/custody.hpp"
#include "sync/seal/numbered_key.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::custody {

constexpr std::size_t judged_records_max = 256;  // in one request
constexpr std::size_t purpose_size_max = 32;     // a-z and _
constexpr std::size_t whom_size_max = 128;
constexpr std::size_t certificate_aad_size_max = 128;
constexpr std::size_t certificate_sealed_size_max = (4U << 20U) + 1024;

struct JudgeRequest {
  struct One {
    Bytes envelope;
    Bytes payload;
    bool operator==(const One&) const = default;
  };
  std::vector<One> records;
};
struct AskRequest {
  Bytes sealed;
};
struct RecordRequest {
  record::RecordId id{};
  Bytes sealed;
  Reason reason;
};
struct CertificateRequest {
  Bytes aad;
  Bytes sealed;
  Reason reason;
};
// The answer to an ask for a piece of it.
struct HandOutRequest {
  Bytes ask;
  Bytes certificate;
  std::string whom;
};
// The newest key of a profile that the hub has published.
struct KeyRequest {
  std::string profile;
};
using Request =
    std::variant<JudgeRequest, AskRequest, RecordRequest, CertificateRequest, KeyRequest, HandOutRequest>;

struct Content {  // a record, encoded, or a certificate
  SecretBytes bytes;
};
struct PublishedKey {
  std::uint64_t number = 0;
  Bytes point;
};
struct SealedAnswer {
  Bytes bytes;
};
using Reply = std::variant<Error, std::vector<Verdict>, OpenedAsk, Content, PublishedKey, SealedAnswer>;

Bytes encode(const Request& request);
Result<Request> decode_request(ByteView bytes);

SecretBytes encode(const Reply& reply);  // of an error its remedy and its code
// A code that is not custody's own comes as "custody.away".
Result<Reply> decode_reply(ByteView bytes);

}  // namespace bianmin::custody

// The outside of a sealed record: what the chain and the signature protect, and all that anybody but the hub
// can read. It holds no personal data.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "sync/record/case_record.hpp"

namespace bianmin::record {

using Digest = std::array<std::uint8_t, 32>;  // SHA-256 or SM3, as the profile says

// The cryptographic profiles (seal/profile.hpp). The name stands in every envelope, so that records of
// several profiles can live side by side.
constexpr std::string_view profile_international = "intl-1";
constexpr std::string_view profile_guomi = "gm-1";

struct Envelope {
  std::string profile{profile_international};
  std::string terminal_id;
  std::uint64_t epoch = 0;  // one life of a terminal: each enrolment starts the next
  std::uint64_t seq = 0;    // 1, 2, 3, … without gaps within an epoch
  Digest previous{};        // digest of the envelope with seq - 1; zeros for seq 1
  RecordId record_id{};
  RecordKind kind = RecordKind::service_case;
  std::string case_no;
  std::string service_id;
  std::int64_t created_utc_ms = 0;
  Digest payload_digest{};  // over the sealed bytes
  std::uint64_t payload_size = 0;
  bool operator==(const Envelope&) const = default;
};

constexpr std::size_t envelope_size_max = 2048;
constexpr std::size_t payload_size_max = record_size_max + 1024;

Bytes encode(const Envelope& envelope);
Result<Envelope> decode_envelope(ByteView bytes);  // strict; error "envelope.invalid"

}  // namespace bianmin::record

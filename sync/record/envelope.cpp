#include "sync/record/envelope.hpp"

#include <algorithm>

#include "sync/record/cbor.hpp"

namespace bianmin::record {

namespace {
constexpr std::string_view format = "bm-envelope-1";
}  // namespace

Bytes encode(const Envelope& envelope) {
  CborWriter out;
  out.map(13).uint(0).text(format).uint(1).text(envelope.profile).uint(2).text(envelope.terminal_id);
  out.uint(3).uint(envelope.epoch).uint(4).uint(envelope.seq).uint(5).bytes(envelope.previous);
  out.uint(6).bytes(envelope.record_id).uint(7).uint(static_cast<std::uint64_t>(envelope.kind));
  out.uint(8).text(envelope.case_no).uint(9).text(envelope.service_id);
  out.uint(10).uint(static_cast<std::uint64_t>(envelope.created_utc_ms));
  out.uint(11).bytes(envelope.payload_digest).uint(12).uint(envelope.payload_size);
  return out.take();
}

Result<Envelope> decode_envelope(ByteView bytes) {
  CborReader in(bytes.size() <= envelope_size_max ? bytes : ByteView());
  Envelope envelope;
  const auto name = [&](std::uint64_t key) {
    in.key(key);
    return in.text(record_name_size_max);
  };
  const auto number = [&](std::uint64_t key, std::uint64_t most) {
    in.key(key);
    return in.uint(most);
  };
  const auto fixed = [&](std::uint64_t key, auto& to) {
    in.key(key);
    const ByteView from = in.bytes_exactly(to.size());
    if (!in.failed()) std::ranges::copy(from, to.begin());
  };
  in.map_exactly(13);
  const bool ours = name(0) == format;
  envelope.profile = name(1);
  envelope.terminal_id = name(2);
  envelope.epoch = number(3, INT64_MAX);
  envelope.seq = number(4, INT64_MAX);
  fixed(5, envelope.previous);
  fixed(6, envelope.record_id);
  const auto kind = number(7, static_cast<std::uint64_t>(RecordKind::document));
  envelope.kind = static_cast<RecordKind>(kind);
  envelope.case_no = name(8);
  envelope.service_id = name(9);
  envelope.created_utc_ms = static_cast<std::int64_t>(number(10, INT64_MAX));
  fixed(11, envelope.payload_digest);
  envelope.payload_size = number(12, payload_size_max);
  if (!in.finished() || !ours || kind == 0 || envelope.seq == 0) {
    return Error{Remedy::refuse, "envelope.invalid", "not a canonical envelope"};
  }
  return envelope;
}

}  // namespace bianmin::record

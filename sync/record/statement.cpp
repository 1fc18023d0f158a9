#include "sync/record/statement.hpp"

#include "sync/record/cbor.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::record {

Result<Bytes> statement_of(CaseRecord record) {
  record.case_no.clear();
  record.token.clear();
  record.signature.reset();
  auto encoded = encode(record);
  if (!encoded) return encoded.error();
  CborWriter out;
  out.array(2).text("bm-statement-1").bytes(*encoded);
  wipe(encoded->data(), encoded->size());
  return out.take();
}

Bytes sign_in_challenge(std::string_view terminal_id, std::int64_t utc_ms, ByteView nonce) {
  CborWriter out;
  out.array(4).text("bm-sign-in-1").text(terminal_id);
  out.uint(static_cast<std::uint64_t>(utc_ms)).bytes(nonce);
  return out.take();
}

}  // namespace bianmin::record

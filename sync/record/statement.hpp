// What a person signs with an electronic ID, so that terminal, hub and a court compute the same bytes.
#pragma once

#include "sync/record/case_record.hpp"

namespace bianmin::record {

constexpr std::size_t sign_in_nonce_size = 32;

// What a signature in a record stands for. The SHA-384 digest of these bytes is signed with the card's key
// for signing (PIN2).
//
//   statement = CBOR [ "bm-statement-1", bytes(encode(record)) ]
//
// with case_no and token empty and no signature in the record: the case number does not exist yet when it is
// signed, and the token is a secret of the paper slip. Everything else counts: record id, service and
// version, item code, terminal, time, and all values of the person and the answers, in order. From a stored
// record the same statement comes out by the same three omissions.
//
// Personal data. Error "record.invalid".
Result<Bytes> statement_of(CaseRecord record);

// What proves that the card's owner is at this terminal now. The SHA-384 digest of these bytes is signed with
// the card's key for authentication (PIN1), once, and thrown away.
//
//   challenge = CBOR [ "bm-sign-in-1", terminal id, milliseconds since 1970 (UTC), bytes(nonce) ]
//
// The nonce is random and new each time. No personal data.
Bytes sign_in_challenge(std::string_view terminal_id, std::int64_t utc_ms, ByteView nonce);

}  // namespace bianmin::record

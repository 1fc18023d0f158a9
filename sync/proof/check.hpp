// Whether a proof proves. Needs nothing but the proof, the slip and the hub's public receipt key: no network,
// no hub.
//
// What a proof that holds says: the hub signed that it had taken in a record with this slip's number and
// token when its tree had so many leaves. What it does not say: what is in the record, that a department
// has it, or that the hub shows the same tree to everybody; for that, heads of several people are compared
// (check_consistency).
#pragma once

#include "sync/proof/proof.hpp"

namespace bianmin::proof {

struct CheckedProof {
  TreeHead head;
  record::HubReceipt receipt;
  std::uint64_t index = 0;
  Bytes signed_head;  // what a time stamp is over
  Bytes stamp;        // not looked at: seal/timestamp.hpp does
};

// Errors, refuse: "proof.invalid", "proof.bad_signature" (not this hub's head), "proof.other_profile",
// "proof.other_key" (the head names another key), "proof.other_slip" (genuine or not, it is not about this
// slip), "proof.not_included".
Result<CheckedProof> check_proof(ByteView proof, const record::Slip& slip,
                                 const seal::PublicKey& receipt_key);

struct CheckedConsistency {
  TreeHead earlier;
  TreeHead later;
};

// Errors, refuse: as above, and "proof.inconsistent": the hub has changed or left out what it had shown.
Result<CheckedConsistency> check_consistency(ByteView consistency, const seal::PublicKey& receipt_key);

// A signed head; errors as above.
Result<TreeHead> check_head(ByteView signed_head, const seal::PublicKey& receipt_key);

}  // namespace bianmin::proof

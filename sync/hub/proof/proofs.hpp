// Proves to whoever asks that a record is in the hash tree, and that the tree only ever grew.
//
// Who asks for a proof names the mark of a slip, not its token: whatever carries the question learns nothing
// by which it could ask for the case.
#pragma once

#include "sync/hub/proof/proof_store.hpp"
#include "sync/hub/store/hub_store.hpp"

namespace bianmin::hub {

// Thread-bound. Borrows everything. Errors: "hub.bad_request", "hub.no_proof" (no case with this mark has its
// leaf: maybe not yet), "hub.no_such_head" (refuse), "proof.damaged_tree", "proof.damaged_tile" (call staff),
// those of database::Database.
class Proofs {
 public:
  Proofs(database::Database& database, const HubKeys& keys) : database_(database), keys_(keys) {}

  Result<Bytes> answer_proof(ByteView ask);
  Result<Bytes> answer_consistency(ByteView ask);

  // Under the first head that has a time stamp, else under the newest.
  Result<proof::Proof> prove(const seal::Profile& profile, const proof::Hash& mark);
  // Between two sizes of which there are signed heads; `later_size` 0: the newest.
  Result<proof::Consistency> prove_consistency(const seal::Profile& profile, std::uint64_t earlier_size,
                                               std::uint64_t later_size);

 private:
  Result<StoredHead> head_over(const seal::Profile& profile, std::uint64_t index);
  Result<StoredHead> head_of(const seal::Profile& profile, std::uint64_t size);

  database::Database& database_;
  const HubKeys& keys_;
};

}  // namespace bianmin::hub

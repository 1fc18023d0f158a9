// Gives each record its leaf in the hash tree of its profile, in the order in which records arrived, and
// signs the tree's head: after that no record can be changed, or left out, without anybody noticing who kept
// a head.
//
// Behind ingest and apart from it: records wait for it, it never holds one up for longer than a batch. Any
// number of processes may run one over one database; whoever appends holds the tree's row until the commit,
// so that there is one order and one head of each size.
//
// Before it appends it computes the root of what is there again: where that is not what the last head says,
// somebody changed the tree, and nothing more is signed ("proof.damaged_tree", operator event damaged_tree).
#pragma once

#include <optional>

#include "sync/hub/proof/proof_store.hpp"
#include "sync/hub/store/hub_store.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

constexpr int sequence_batch_max = 500;   // records in one transaction
constexpr int sequence_batches_max = 20;  // at one run
constexpr int sequence_interval_s = 10;

// Thread-bound. Borrows everything.
class Sequencer {
 public:
  Sequencer(database::Database& database, const HubKeys& keys, const Clock& clock)
      : database_(database), keys_(keys), clock_(clock) {}

  // Appends what waits, in so many batches at most. Returns how many records. Errors: "proof.damaged_tree",
  // "proof.damaged_tile" (call staff), those of database::Database; what was appended before stays, what was
  // not waits.
  Result<int> run(int batches_max = sequence_batches_max);

 private:
  struct Waiting {
    std::string terminal_id;
    std::uint64_t epoch;
    std::uint64_t seq;
    proof::Leaf leaf;
  };
  using WaitingOf = std::map<const seal::Profile*, std::vector<Waiting>>;
  Result<bool> anything_waits();
  Result<int> append_batch();
  Result<WaitingOf> find_waiting();
  Result<void> lock_trees();
  Result<void> extend(const seal::Profile& profile, const std::vector<Waiting>& waiting);
  Result<std::int64_t> check_tree(const seal::Profile& profile, proof::Tree& tree, std::uint64_t size);
  Result<void> keep_leaves(const seal::Profile& profile, std::uint64_t first,
                           const std::vector<Waiting>& waiting);
  Result<void> keep_head(const seal::Profile& profile, const proof::TreeOf& tree, std::int64_t utc_ms);

  database::Database& database_;
  const HubKeys& keys_;
  const Clock& clock_;
};

}  // namespace bianmin::hub

#include "sync/hub/proof/proofs.hpp"

#include "sync/proof/check.hpp"

namespace bianmin::hub {

namespace {

Error no_proof(std::string_view code) { return {Remedy::refuse, code, {}}; }

}  // namespace

Result<Bytes> Proofs::answer_proof(ByteView ask) {
  const auto asked = proof::decode_proof_ask(ask);
  const seal::Profile* profile = asked ? keys_.profile(asked->profile) : nullptr;
  if (profile == nullptr) return no_proof("hub.bad_request");
  auto proof = prove(*profile, asked->mark);
  if (!proof) return proof.error();
  return proof::encode(*proof);
}

Result<Bytes> Proofs::answer_consistency(ByteView ask) {
  const auto asked = proof::decode_consistency_ask(ask);
  const seal::Profile* profile = asked ? keys_.profile(asked->profile) : nullptr;
  if (profile == nullptr) return no_proof("hub.bad_request");
  auto consistency = prove_consistency(*profile, asked->earlier_size, asked->later_size);
  if (!consistency) return consistency.error();
  return proof::encode(*consistency);
}

Result<StoredHead> Proofs::head_over(const seal::Profile& profile, std::uint64_t index) {
  auto head = first_stamped_head(database_, profile, index);
  if (head && !*head) head = newest_head(database_, profile);
  if (!head) return head.error();
  if (!*head || (*head)->size <= index) {
    return Error{Remedy::call_staff, "proof.damaged_tree", "no head over a leaf"};
  }
  return std::move(**head);
}

Result<StoredHead> Proofs::head_of(const seal::Profile& profile, std::uint64_t size) {
  auto head = size == 0 ? newest_head(database_, profile) : find_head(database_, profile, size);
  if (!head) return head.error();
  if (!*head) return no_proof("hub.no_such_head");
  return std::move(**head);
}

Result<proof::Proof> Proofs::prove(const seal::Profile& profile, const proof::Hash& mark) {
  auto query = database_.prepare(
      "SELECT l.position, r.receipt FROM proof_leaf l JOIN record r ON r.terminal_id = l.terminal_id AND "
      "r.epoch = l.epoch AND r.seq = l.seq WHERE l.mark = ? AND l.profile = ? ORDER BY l.position LIMIT 1");
  auto row = query.bind(ByteView(mark)).bind(profile.name()).step();
  if (!row) return row.error();
  if (!*row) return no_proof("hub.no_proof");
  proof::Proof proof;
  proof.index = query.unsigned_integer(0);
  auto receipt = record::decode_signed(query.bytes(1));
  if (!receipt) return Error{Remedy::call_staff, "proof.damaged_tree", "a receipt"};
  proof.leaf = proof::encode(proof::Leaf{std::move(receipt->body), Bytes(mark.begin(), mark.end())});
  auto stored = head_over(profile, proof.index);
  if (!stored) return stored.error();
  proof.head = std::move(stored->head);
  proof.stamp = std::move(stored->stamp);
  TreeTiles tiles(database_, profile);
  auto path = proof::Tree(profile, tiles).inclusion(proof.index, stored->size);
  if (!path) return path.error();
  proof.path = std::move(path).value();
  // A proof that does not hold would look like a hub that lies: operators have to see why.
  auto head = proof::check_head(proof.head, keys_.receipt_key(profile));
  const proof::Hash hash = proof::leaf_hash(profile, proof.leaf);
  if (!head || !proof::verify_inclusion(profile, hash, proof.index, proof.path, head->tree)) {
    return Error{Remedy::call_staff, "proof.damaged_tree", "a proof that does not hold"};
  }
  return proof;
}

Result<proof::Consistency> Proofs::prove_consistency(const seal::Profile& profile, std::uint64_t earlier_size,
                                                     std::uint64_t later_size) {
  if (earlier_size == 0) return no_proof("hub.no_such_head");
  auto earlier = head_of(profile, earlier_size);
  if (!earlier) return earlier.error();
  auto later = head_of(profile, later_size);
  if (!later) return later.error();
  if (earlier->size > later->size) return no_proof("hub.no_such_head");
  TreeTiles tiles(database_, profile);
  auto path = proof::Tree(profile, tiles).consistency(earlier->size, later->size);
  if (!path) return path.error();
  return proof::Consistency{std::move(earlier->head), std::move(later->head), std::move(path).value()};
}

}  // namespace bianmin::hub

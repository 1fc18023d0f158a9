#include "sync/proof/check.hpp"

#include <algorithm>

namespace bianmin::proof {

namespace {

Error refused(std::string_view code, std::string detail) { return {Remedy::refuse, code, std::move(detail)}; }

}  // namespace

Result<TreeHead> check_head(ByteView signed_head, const seal::PublicKey& receipt_key) {
  const auto message = record::decode_signed(signed_head);
  if (!message) return refused("proof.invalid", "the head is no signed message");
  auto head = decode_tree_head(message->body);
  if (!head) return head;
  if (!receipt_key.verify(message->body, message->signature)) {
    return refused("proof.bad_signature", "this hub's key did not sign the head");
  }
  const auto profile = seal::Profile::of(receipt_key);
  if (head->profile != profile->name()) return refused("proof.other_profile", head->profile);
  if (head->key != key_digest(*profile, receipt_key)) return refused("proof.other_key", {});
  return head;
}

Result<CheckedProof> check_proof(ByteView bytes, const record::Slip& slip,
                                 const seal::PublicKey& receipt_key) {
  auto proof = decode_proof(bytes);
  if (!proof) return proof.error();
  auto head = check_head(proof->head, receipt_key);
  if (!head) return head.error();
  const auto leaf = decode_leaf(proof->leaf);
  if (!leaf) return leaf.error();
  auto receipt = record::decode_receipt(leaf->receipt);
  if (!receipt) return refused("proof.invalid", "the leaf holds no receipt");
  const auto profile = seal::Profile::of(receipt_key);
  if (!std::ranges::equal(leaf->mark, slip_mark(*profile, slip))) {
    return refused("proof.other_slip", "the proof is about another slip");
  }
  const Hash hash = leaf_hash(*profile, proof->leaf);
  if (!verify_inclusion(*profile, hash, proof->index, proof->path, head->tree)) {
    return refused("proof.not_included", "the path does not lead to the head's root");
  }
  return CheckedProof{std::move(head).value(), std::move(receipt).value(), proof->index,
                      std::move(proof->head), std::move(proof->stamp)};
}

Result<CheckedConsistency> check_consistency(ByteView bytes, const seal::PublicKey& receipt_key) {
  const auto consistency = decode_consistency(bytes);
  if (!consistency) return consistency.error();
  auto earlier = check_head(consistency->earlier, receipt_key);
  if (!earlier) return earlier.error();
  auto later = check_head(consistency->later, receipt_key);
  if (!later) return later.error();
  const auto profile = seal::Profile::of(receipt_key);
  if (!verify_consistency(*profile, earlier->tree, later->tree, consistency->path)) {
    return refused("proof.inconsistent", "the later head does not hold all that the earlier one held");
  }
  return CheckedConsistency{std::move(earlier).value(), std::move(later).value()};
}

}  // namespace bianmin::proof

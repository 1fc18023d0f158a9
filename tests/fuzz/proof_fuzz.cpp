// Proofs of the hash tree: what is read is written again to the very same bytes, no bytes are two kinds of
// message, no path of any numbers runs away, and nobody's bytes are a proof under a key that never signed.
#include <cstdlib>

#include "sync/proof/check.hpp"
#include "sync/record/case_no.hpp"

using namespace bianmin;

namespace {

template <typename Decode>
int check(ByteView bytes, Decode decode) {
  const auto message = decode(bytes);
  if (!message) return 0;
  if (proof::encode(*message) != Bytes(bytes.begin(), bytes.end())) std::abort();
  return 1;
}

// The path alone, with whatever the proof says of leaf and tree.
void follow(ByteView bytes, const seal::Profile& profile) {
  const auto proof = proof::decode_proof(bytes);
  if (!proof) return;
  const proof::Hash leaf = proof::leaf_hash(profile, proof->leaf);
  for (const std::uint64_t size : {proof->index, proof->index + 1, 2 * proof->index, proof::tree_size_max}) {
    if (proof::verify_inclusion(profile, leaf, proof->index, proof->path, {size, {}})) std::abort();
    (void)proof::verify_consistency(profile, {proof->index, leaf}, {size, leaf}, proof->path);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto profile = *seal::Profile::named(record::profile_international);
  static const seal::PublicKey key = profile->generate_key().public_key();
  static const record::Slip slip{*record::make_case_no(42, 1), "000G40R40M30E209"};
  const ByteView bytes(data, size);
  int kinds = check(bytes, proof::decode_leaf) + check(bytes, proof::decode_tree_head);
  kinds += check(bytes, proof::decode_proof) + check(bytes, proof::decode_consistency);
  kinds += check(bytes, proof::decode_proof_ask) + check(bytes, proof::decode_consistency_ask);
  if (kinds > 1) std::abort();
  follow(bytes, *profile);
  if (proof::check_proof(bytes, slip, key).ok() || proof::check_consistency(bytes, key).ok()) std::abort();
  return 0;
}

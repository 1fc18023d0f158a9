// The hash tree of RFC 9162, section 2.1, with the digest of a profile in the place of SHA-256.
//
// A leaf is hashed behind 0x00, two nodes behind 0x01, so that neither can pass for the other. A tree of n
// leaves is the node of its first k, the largest power of two below n, and of the rest.
//
// Pure, thread-safe. What is verified may be hostile.
#pragma once

#include <vector>

#include "sync/seal/profile.hpp"

namespace bianmin::proof {

using Hash = record::Digest;
using Path = std::vector<Hash>;

constexpr std::uint64_t tree_size_max = std::uint64_t{1} << 62U;  // leaves
constexpr std::size_t path_hashes_max = 63;                       // of a proof in the largest tree

Hash leaf_hash(const seal::Profile& profile, ByteView leaf);
Hash node_hash(const seal::Profile& profile, const Hash& left, const Hash& right);
// Folds 1, 2, 4, 8 … hashes into one.
Hash fold(const seal::Profile& profile, std::vector<Hash> hashes);

struct TreeOf {
  std::uint64_t size = 0;
  Hash root{};
};

// Whether the leaf is the one with this index (from 0) in the tree. RFC 9162, 2.1.3.2.
bool verify_inclusion(const seal::Profile& profile, const Hash& leaf, std::uint64_t index, const Path& path,
                      const TreeOf& tree);

// Whether `later` begins with all leaves of `earlier`. RFC 9162, 2.1.4.2; two trees of one size are the same
// tree, with an empty path. An empty tree has no proof.
bool verify_consistency(const seal::Profile& profile, const TreeOf& earlier, const TreeOf& later,
                        const Path& path);

}  // namespace bianmin::proof

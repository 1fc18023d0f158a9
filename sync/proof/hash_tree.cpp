#include "sync/proof/hash_tree.hpp"

#include <algorithm>
#include <bit>

namespace bianmin::proof {

namespace {

constexpr std::uint8_t leaf_prefix = 0x00;
constexpr std::uint8_t node_prefix = 0x01;

// Where a verification stands: a node's place on its level, and the place of the level's last node.
struct Place {
  std::uint64_t at;
  std::uint64_t last;

  void up() {
    at >>= 1U;
    last >>= 1U;
  }
  bool is_right() const { return (at & 1U) == 1; }
  // The node has no sibling on its right: its next partner stands on the left.
  bool joins_left() const { return is_right() || at == last; }
  // A last node without a sibling is carried up unchanged until it has one.
  void carry_up() {
    while (at != 0 && !is_right()) up();
  }
};

}  // namespace

Hash leaf_hash(const seal::Profile& profile, ByteView leaf) {
  return profile.digest(ByteWriter().u8(leaf_prefix).bytes(leaf).view());
}

Hash node_hash(const seal::Profile& profile, const Hash& left, const Hash& right) {
  std::array<std::uint8_t, 1 + 2 * std::tuple_size_v<Hash>> bytes;
  bytes[0] = node_prefix;
  std::ranges::copy(right, std::ranges::copy(left, bytes.begin() + 1).out);
  return profile.digest(bytes);
}

Hash fold(const seal::Profile& profile, std::vector<Hash> hashes) {
  for (std::size_t count = hashes.size(); count > 1; count /= 2) {
    for (std::size_t at = 0; at < count / 2; ++at) {
      hashes[at] = node_hash(profile, hashes[2 * at], hashes[2 * at + 1]);
    }
  }
  return hashes.front();
}

bool verify_inclusion(const seal::Profile& profile, const Hash& leaf, std::uint64_t index, const Path& path,
                      const TreeOf& tree) {
  if (tree.size > tree_size_max || index >= tree.size || path.size() > path_hashes_max) return false;
  Place place{index, tree.size - 1};
  Hash hash = leaf;
  for (const Hash& partner : path) {
    if (place.last == 0) return false;
    if (place.joins_left()) {
      hash = node_hash(profile, partner, hash);
      place.carry_up();
    } else {
      hash = node_hash(profile, hash, partner);
    }
    place.up();
  }
  return place.last == 0 && hash == tree.root;
}

bool verify_consistency(const seal::Profile& profile, const TreeOf& earlier, const TreeOf& later,
                        const Path& path) {
  if (earlier.size == 0 || earlier.size > later.size || later.size > tree_size_max) return false;
  if (earlier.size == later.size) return path.empty() && earlier.root == later.root;
  if (path.empty() || path.size() > path_hashes_max) return false;
  Place place{earlier.size - 1, later.size - 1};
  while (place.is_right()) place.up();
  // An earlier tree that is whole is a node of the later one: its root is known, and not in the path.
  const bool whole = std::has_single_bit(earlier.size);
  Hash before = whole ? earlier.root : path.front();
  Hash after = before;
  for (auto partner = path.begin() + (whole ? 0 : 1); partner != path.end(); ++partner) {
    if (place.last == 0) return false;
    if (place.joins_left()) {
      before = node_hash(profile, *partner, before);
      after = node_hash(profile, *partner, after);
      place.carry_up();
    } else {
      after = node_hash(profile, after, *partner);
    }
    place.up();
  }
  return place.last == 0 && before == earlier.root && after == later.root;
}

}  // namespace bianmin::proof

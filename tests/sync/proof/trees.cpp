#include "tests/sync/proof/trees.hpp"

namespace bianmin::test {

namespace {

std::size_t largest_power_below(std::size_t count) {
  std::size_t power = 1;
  while (2 * power < count) power *= 2;
  return power;
}

proof::Path subproof(const seal::Profile& profile, std::size_t earlier, std::span<const proof::Hash> leaves,
                     bool known) {
  if (earlier == leaves.size()) return known ? proof::Path() : proof::Path{plain_root(profile, leaves)};
  const std::size_t k = largest_power_below(leaves.size());
  const bool left = earlier <= k;
  proof::Path path = left ? subproof(profile, earlier, leaves.first(k), known)
                          : subproof(profile, earlier - k, leaves.subspan(k), false);
  path.push_back(plain_root(profile, left ? leaves.subspan(k) : leaves.first(k)));
  return path;
}

}  // namespace

proof::Hash plain_root(const seal::Profile& profile, std::span<const proof::Hash> leaves) {
  if (leaves.size() == 1) return leaves.front();
  const std::size_t k = largest_power_below(leaves.size());
  return proof::node_hash(profile, plain_root(profile, leaves.first(k)),
                          plain_root(profile, leaves.subspan(k)));
}

proof::Path plain_inclusion(const seal::Profile& profile, std::size_t index,
                            std::span<const proof::Hash> leaves) {
  if (leaves.size() == 1) return {};
  const std::size_t k = largest_power_below(leaves.size());
  const bool left = index < k;
  proof::Path path = left ? plain_inclusion(profile, index, leaves.first(k))
                          : plain_inclusion(profile, index - k, leaves.subspan(k));
  path.push_back(plain_root(profile, left ? leaves.subspan(k) : leaves.first(k)));
  return path;
}

proof::Path plain_consistency(const seal::Profile& profile, std::size_t earlier,
                              std::span<const proof::Hash> leaves) {
  return subproof(profile, earlier, leaves, true);
}

Leaves counted_leaves(const seal::Profile& profile, std::size_t count) {
  Leaves leaves;
  for (std::size_t at = 0; at < count; ++at) {
    leaves.push_back(proof::leaf_hash(profile, ByteWriter().u64_be(at).view()));
  }
  return leaves;
}

Result<Bytes> TilesInMemory::load(const proof::TileId& id) {
  ++load_count;
  const auto found = tiles.find(id);
  return found == tiles.end() ? Bytes() : found->second;
}

void TilesInMemory::keep(const std::map<proof::TileId, Bytes>& changed) {
  for (const auto& [id, bytes] : changed) tiles[id] = bytes;
}

}  // namespace bianmin::test

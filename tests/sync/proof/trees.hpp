// The hash tree as RFC 9162 defines it, word for word and without a thought for speed; and tiles in memory.
#pragma once

#include "sync/proof/tiles.hpp"

namespace bianmin::test {

using Leaves = std::vector<proof::Hash>;  // already hashed

// MTH, PATH and PROOF of sections 2.1.1, 2.1.3.1 and 2.1.4.1.
proof::Hash plain_root(const seal::Profile& profile, std::span<const proof::Hash> leaves);
proof::Path plain_inclusion(const seal::Profile& profile, std::size_t index,
                            std::span<const proof::Hash> leaves);
proof::Path plain_consistency(const seal::Profile& profile, std::size_t earlier,
                              std::span<const proof::Hash> leaves);

Leaves counted_leaves(const seal::Profile& profile, std::size_t count);

class TilesInMemory : public proof::TileStore {
 public:
  Result<Bytes> load(const proof::TileId& id) override;
  void keep(const std::map<proof::TileId, Bytes>& changed);
  std::map<proof::TileId, Bytes> tiles;
  int load_count = 0;
};

}  // namespace bianmin::test

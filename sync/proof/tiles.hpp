// A hash tree as it is kept: 256 hashes to a tile.
//
// Tiles of level 0 hold the hashes of leaves, those of each level above the roots of full tiles below. All
// nodes between are computed from them when they are asked for. A full tile never changes; the last one of
// a level grows. So a leaf costs 32.1 bytes, appending writes one tile and seldom a few, and a proof reads a
// few.
#pragma once

#include <compare>
#include <map>
#include <span>

#include "sync/proof/hash_tree.hpp"

namespace bianmin::proof {

constexpr unsigned tile_height = 8;
constexpr std::uint64_t tile_hashes_max = 1U << tile_height;

struct TileId {
  std::uint32_t level = 0;
  std::uint64_t position = 0;  // on its level, from 0
  auto operator<=>(const TileId&) const = default;
};

// Where tiles are kept. Implementations: hub::TreeTiles.
class TileStore {
 public:
  virtual ~TileStore() = default;
  // The tile's hashes, one behind the other; nothing when there is no such tile.
  virtual Result<Bytes> load(const TileId& id) = 0;
};

// Thread-bound. Borrows everything, keeps what it has loaded: make one for each transaction.
// Errors: "proof.bad_range" (refuse), "proof.damaged_tile" (call staff: a tile is missing or too short), and
// the store's.
class Tree {
 public:
  Tree(const seal::Profile& profile, TileStore& tiles) : profile_(profile), tiles_(tiles) {}

  Result<Hash> root(std::uint64_t size);  // of the first `size` leaves, at least 1
  Result<Path> inclusion(std::uint64_t index, std::uint64_t size);
  Result<Path> consistency(std::uint64_t earlier_size, std::uint64_t later_size);

  // Appends the hashes of leaves to a tree of `size`. Returns the tiles that are new or longer now, which the
  // caller has to keep; this object knows them already.
  Result<std::map<TileId, Bytes>> append(std::uint64_t size, std::span<const Hash> leaves);

 private:
  Result<const Bytes*> tile(const TileId& id, std::uint64_t hash_count_min);
  Result<Hash> node(unsigned height, std::uint64_t position);
  Result<Hash> range(std::uint64_t begin, std::uint64_t end);
  Result<void> push(std::uint64_t count, Hash hash, std::map<TileId, Bytes>& changed);

  const seal::Profile& profile_;
  TileStore& tiles_;
  std::map<TileId, Bytes> known_;
};

}  // namespace bianmin::proof

#include "sync/proof/tiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace bianmin::proof {

namespace {

constexpr std::size_t hash_size = std::tuple_size_v<Hash>;

Error bad_range() { return {Remedy::refuse, "proof.bad_range", "no such leaf, or no such size"}; }

Error damaged(const TileId& id) {
  return {Remedy::call_staff, "proof.damaged_tile", fmt::format("level {}, {}", id.level, id.position)};
}

std::vector<Hash> hashes_of(ByteView tile, std::uint64_t first, std::uint64_t count) {
  std::vector<Hash> hashes(count);
  for (std::uint64_t at = 0; at < count; ++at) {
    std::ranges::copy(tile.subspan((first + at) * hash_size, hash_size), hashes[at].begin());
  }
  return hashes;
}

// The largest power of two below `count`: where RFC 9162 splits.
std::uint64_t split_of(std::uint64_t count) { return std::bit_floor(count - 1); }

}  // namespace

Result<const Bytes*> Tree::tile(const TileId& id, std::uint64_t hash_count_min) {
  auto known = known_.find(id);
  if (known == known_.end()) {
    auto loaded = tiles_.load(id);
    if (!loaded) return loaded.error();
    known = known_.emplace(id, std::move(loaded).value()).first;
  }
  const Bytes& bytes = known->second;
  if (bytes.size() % hash_size != 0 || bytes.size() / hash_size < hash_count_min) return damaged(id);
  return &bytes;
}

// The root of the whole subtree that is `height` levels above the leaves.
Result<Hash> Tree::node(unsigned height, std::uint64_t position) {
  const unsigned inside = height % tile_height;
  const std::uint64_t first = position << inside;
  const std::uint64_t count = std::uint64_t{1} << inside;
  const std::uint64_t offset = first % tile_hashes_max;
  auto bytes = tile({height / tile_height, first / tile_hashes_max}, offset + count);
  if (!bytes) return bytes.error();
  return fold(profile_, hashes_of(**bytes, offset, count));
}

// The root over the leaves from `begin` to before `end`; `begin` is where a subtree of that size may begin.
Result<Hash> Tree::range(std::uint64_t begin, std::uint64_t end) {
  std::vector<Hash> whole;
  while (begin < end) {
    const auto height = static_cast<unsigned>(std::bit_width(end - begin)) - 1;
    auto hash = node(height, begin >> height);
    if (!hash) return hash;
    whole.push_back(*hash);
    begin += std::uint64_t{1} << height;
  }
  Hash hash = whole.back();
  for (auto left = whole.rbegin() + 1; left != whole.rend(); ++left) hash = node_hash(profile_, *left, hash);
  return hash;
}

Result<Hash> Tree::root(std::uint64_t size) {
  if (size == 0 || size > tree_size_max) return bad_range();
  return range(0, size);
}

Result<Path> Tree::inclusion(std::uint64_t index, std::uint64_t size) {
  if (index >= size || size > tree_size_max) return bad_range();
  Path path;
  for (std::uint64_t begin = 0, end = size; end - begin > 1;) {
    const std::uint64_t middle = begin + split_of(end - begin);
    const bool left = index < middle;
    auto partner = left ? range(middle, end) : range(begin, middle);
    if (!partner) return partner.error();
    path.push_back(*partner);
    (left ? end : begin) = middle;
  }
  std::ranges::reverse(path);
  return path;
}

Result<Path> Tree::consistency(std::uint64_t earlier_size, std::uint64_t later_size) {
  if (earlier_size == 0 || earlier_size > later_size || later_size > tree_size_max) return bad_range();
  Path path;
  std::uint64_t begin = 0;
  std::uint64_t end = later_size;
  while (end != earlier_size) {
    const std::uint64_t middle = begin + split_of(end - begin);
    const bool left = earlier_size <= middle;
    auto partner = left ? range(middle, end) : range(begin, middle);
    if (!partner) return partner.error();
    path.push_back(*partner);
    (left ? end : begin) = middle;
  }
  if (begin != 0) {  // else it is the earlier tree itself, whose root the verifier knows
    auto last = range(begin, end);
    if (!last) return last.error();
    path.push_back(*last);
  }
  std::ranges::reverse(path);
  return path;
}

Result<void> Tree::push(std::uint64_t count, Hash hash, std::map<TileId, Bytes>& changed) {
  for (std::uint32_t level = 0;; ++level) {
    const TileId id{level, count / tile_hashes_max};
    const std::uint64_t offset = count % tile_hashes_max;
    if (offset == 0) known_[id].clear();
    auto before = tile(id, offset);
    if (!before) return before.error();
    Bytes& bytes = known_[id];
    if (bytes.size() != offset * hash_size) return damaged(id);
    bianmin::append(bytes, hash);
    changed.try_emplace(id);
    if (offset + 1 < tile_hashes_max) return {};
    hash = fold(profile_, hashes_of(bytes, 0, tile_hashes_max));
    count /= tile_hashes_max;
  }
}

Result<std::map<TileId, Bytes>> Tree::append(std::uint64_t size, std::span<const Hash> leaves) {
  if (size > tree_size_max || leaves.size() > tree_size_max - size) return bad_range();
  std::map<TileId, Bytes> changed;
  for (const Hash& leaf : leaves) {
    if (auto done = push(size++, leaf, changed); !done) return done.error();
  }
  for (auto& [id, bytes] : changed) bytes = known_.at(id);
  return changed;
}

}  // namespace bianmin::proof

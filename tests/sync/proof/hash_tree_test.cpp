// The tree of RFC 9162: the published vectors, every proof of every small tree, and every change of them.
#include "sync/proof/hash_tree.hpp"

#include <algorithm>

#include "tests/sync/proof/trees.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::proof {

using test::must;

namespace {

constexpr std::size_t size_max = 130;  // past a whole tree of 128

seal::ProfilePtr international() { return must(seal::Profile::named(record::profile_international)); }

Hash hash_from(std::string_view hex) {
  Hash hash{};
  const Bytes bytes = must(from_hex(hex));
  REQUIRE(bytes.size() == hash.size());
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

Path path_from(std::initializer_list<std::string_view> hex) {
  Path path;
  for (const auto each : hex) path.push_back(hash_from(each));
  return path;
}

// The eight leaves and the roots that the implementations of Certificate Transparency test with.
const std::vector<Bytes> vector_leaves = {
    {},
    {0x00},
    {0x10},
    {0x20, 0x21},
    {0x30, 0x31},
    {0x40, 0x41, 0x42, 0x43},
    {0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57},
    {0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f}};
const std::vector<std::string_view> vector_roots = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

test::Leaves hashed_vector_leaves() {
  test::Leaves leaves;
  for (const Bytes& leaf : vector_leaves) leaves.push_back(leaf_hash(*international(), leaf));
  return leaves;
}

// Every bit in trees of up to 9 leaves, one of each hash around whole trees, none elsewhere.
unsigned bit_step_for(std::size_t size) {
  if (size <= 9) return 1;
  const bool telling = size == 16 || size == 17 || size == 63 || size >= 127;
  return telling ? 256 : 0;
}

// Each one-bit change in turn, undone afterwards. Returns how many of them `holds` let through.
template <typename Holds>
int accepted_changes(Hash& hash, unsigned bit_step, const Holds& holds) {
  int accepted = 0;
  for (unsigned bit = 0; bit_step > 0 && bit < 8 * hash.size(); bit += bit_step) {
    const auto flip = static_cast<std::uint8_t>(1U << bit % 8);
    hash[bit / 8] ^= flip;
    accepted += holds() ? 1 : 0;
    hash[bit / 8] ^= flip;
  }
  return accepted;
}

// Each hash of the path changed, one too many, one too few; it is cut short by the last. Returns what holds.
template <typename Holds>
int accepted_paths(Path& path, const Hash& one_more, unsigned bit_step, const Holds& holds) {
  int accepted = 0;
  for (Hash& hash : path) accepted += accepted_changes(hash, bit_step, holds);
  path.push_back(one_more);
  accepted += holds() ? 1 : 0;
  path.pop_back();
  if (path.empty()) return accepted;
  path.pop_back();
  return accepted + (holds() ? 1 : 0);
}

}  // namespace

TEST_CASE("the published vectors: roots, paths and consistency of trees up to 8 leaves") {
  const auto profile = international();
  const auto leaves = hashed_vector_leaves();
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    CHECK(test::plain_root(*profile, std::span(leaves).first(size)) == hash_from(vector_roots[size - 1]));
  }
  const TreeOf whole{8, hash_from(vector_roots[7])};
  const auto first = path_from({"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"});
  const auto sixth = path_from({"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"});
  CHECK(verify_inclusion(*profile, leaves[0], 0, first, whole));
  CHECK(verify_inclusion(*profile, leaves[5], 5, sixth, whole));
  CHECK_FALSE(verify_inclusion(*profile, leaves[5], 4, sixth, whole));
  const auto from_6 = path_from({"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                                 "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                                 "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"});
  const auto from_2_to_5 = path_from({"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                                      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"});
  CHECK(verify_consistency(*profile, {1, hash_from(vector_roots[0])}, whole, first));
  CHECK(verify_consistency(*profile, {6, hash_from(vector_roots[5])}, whole, from_6));
  CHECK(verify_consistency(*profile, {2, hash_from(vector_roots[1])}, {5, hash_from(vector_roots[4])},
                           from_2_to_5));
}

TEST_CASE("every leaf of every tree up to 130 leaves is proven, and no changed bit is let through") {
  const auto profile = international();
  const auto leaves = test::counted_leaves(*profile, size_max);
  int refused_wrongly = 0;
  int accepted_wrongly = 0;
  for (std::size_t size = 1; size <= size_max; ++size) {
    const auto tree = std::span(leaves).first(size);
    TreeOf of{size, test::plain_root(*profile, tree)};
    const unsigned bit_step = bit_step_for(size);
    for (std::size_t index = 0; index < size; ++index) {
      Path path = test::plain_inclusion(*profile, index, tree);
      Hash leaf = leaves[index];
      const auto holds = [&] { return verify_inclusion(*profile, leaf, index, path, of); };
      refused_wrongly += holds() ? 0 : 1;
      accepted_wrongly +=
          accepted_changes(leaf, bit_step, holds) + accepted_changes(of.root, bit_step, holds);
      accepted_wrongly += verify_inclusion(*profile, leaf, index + 1, path, of) ? 1 : 0;
      accepted_wrongly += verify_inclusion(*profile, leaf, index, path, {2 * size, of.root}) ? 1 : 0;
      accepted_wrongly += accepted_paths(path, leaf, bit_step, holds);
    }
  }
  CHECK(refused_wrongly == 0);
  CHECK(accepted_wrongly == 0);
}

TEST_CASE("every pair of trees up to 130 leaves is consistent, and no changed bit is let through") {
  const auto profile = international();
  const auto leaves = test::counted_leaves(*profile, size_max);
  std::vector<Hash> roots(1);
  for (std::size_t size = 1; size <= size_max; ++size) {
    roots.push_back(test::plain_root(*profile, std::span(leaves).first(size)));
  }
  int refused_wrongly = 0;
  int accepted_wrongly = 0;
  for (std::size_t size = 1; size <= size_max; ++size) {
    const unsigned bit_step = bit_step_for(size);
    for (std::size_t earlier = 1; earlier <= size; ++earlier) {
      Path path = test::plain_consistency(*profile, earlier, std::span(leaves).first(size));
      TreeOf from{earlier, roots[earlier]};
      TreeOf to{size, roots[size]};
      const auto holds = [&] { return verify_consistency(*profile, from, to, path); };
      refused_wrongly += holds() ? 0 : 1;
      accepted_wrongly +=
          accepted_changes(from.root, bit_step, holds) + accepted_changes(to.root, bit_step, holds);
      accepted_wrongly += accepted_paths(path, roots[size], bit_step, holds);
    }
  }
  CHECK(refused_wrongly == 0);
  CHECK(accepted_wrongly == 0);
}

TEST_CASE("what no tree can be is refused without arithmetic") {
  const auto profile = international();
  const Hash hash{};
  CHECK_FALSE(verify_inclusion(*profile, hash, 0, {}, {0, hash}));
  CHECK_FALSE(verify_inclusion(*profile, hash, 0, {}, {tree_size_max + 1, hash}));
  CHECK_FALSE(verify_inclusion(*profile, hash, UINT64_MAX, {}, {UINT64_MAX, hash}));
  CHECK_FALSE(verify_inclusion(*profile, hash, 0, Path(path_hashes_max + 1), {tree_size_max, hash}));
  CHECK(verify_inclusion(*profile, hash, 0, {}, {1, hash}));
  CHECK_FALSE(verify_consistency(*profile, {0, hash}, {1, hash}, {}));
  CHECK_FALSE(verify_consistency(*profile, {2, hash}, {1, hash}, {}));
  CHECK_FALSE(verify_consistency(*profile, {1, hash}, {tree_size_max + 1, hash}, {hash}));
  CHECK_FALSE(verify_consistency(*profile, {1, hash}, {2, hash}, {}));
  CHECK_FALSE(verify_consistency(*profile, {1, hash}, {tree_size_max, hash}, Path(path_hashes_max + 1)));
}

TEST_CASE("each profile has its own tree: SM3's is not SHA-256's") {
  const auto guomi = must(seal::Profile::named(record::profile_guomi));
  const auto leaves = test::counted_leaves(*guomi, 7);
  const TreeOf tree{7, test::plain_root(*guomi, leaves)};
  const Path path = test::plain_inclusion(*guomi, 3, leaves);
  CHECK(verify_inclusion(*guomi, leaves[3], 3, path, tree));
  CHECK_FALSE(verify_inclusion(*international(), leaves[3], 3, path, tree));
  CHECK(leaf_hash(*guomi, Bytes{1}) == guomi->digest(Bytes{0, 1}));
}

}  // namespace bianmin::proof

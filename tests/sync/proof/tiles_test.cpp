// The tree in tiles: the same roots and paths as the plain one, whatever the sizes and the batches.
#include "sync/proof/tiles.hpp"

#include "tests/sync/proof/trees.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::proof {

using test::must;

namespace {

struct KeptTree {
  seal::ProfilePtr profile = must(seal::Profile::named(record::profile_international));
  test::TilesInMemory store;
  std::uint64_t size = 0;

  void append(std::span<const Hash> leaves) {
    store.keep(must(Tree(*profile, store).append(size, leaves)));
    size += leaves.size();
  }
};

}  // namespace

TEST_CASE("one leaf at a time up to 300: each root, inclusion and consistency is the plain tree's") {
  KeptTree kept;
  const auto leaves = test::counted_leaves(*kept.profile, 300);
  int wrong = 0;
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    kept.append(std::span(leaves).subspan(size - 1, 1));
    const auto plain = std::span(leaves).first(size);
    Tree tree(*kept.profile, kept.store);
    wrong += must(tree.root(size)) == test::plain_root(*kept.profile, plain) ? 0 : 1;
    const bool each = size <= 40 || (size >= 255 && size <= 257);
    for (std::size_t at = 0; at < size; at += each ? 1 : 41) {
      wrong += must(tree.inclusion(at, size)) == test::plain_inclusion(*kept.profile, at, plain) ? 0 : 1;
      const auto consistency = must(tree.consistency(at + 1, size));
      wrong += consistency == test::plain_consistency(*kept.profile, at + 1, plain) ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
  CHECK(kept.store.tiles.size() == 3);  // 256 and 44 hashes of leaves, and the root of the first 256
}

TEST_CASE("any batches make the same tiles, three levels high") {
  KeptTree in_one;
  KeptTree in_batches;
  const auto leaves = test::counted_leaves(*in_one.profile, 256 * 256 + 3);
  in_one.append(leaves);
  for (std::size_t at = 0, count = 1; at < leaves.size(); at += count, count = count * 7 % 1009 + 1) {
    count = std::min(count, leaves.size() - at);
    in_batches.append(std::span(leaves).subspan(at, count));
  }
  CHECK(in_one.store.tiles == in_batches.store.tiles);
  CHECK(in_one.store.tiles.size() == 257 + 1 + 1);
  Tree tree(*in_one.profile, in_one.store);
  CHECK(must(tree.root(leaves.size())) == test::plain_root(*in_one.profile, leaves));
  CHECK(must(tree.inclusion(65'535, leaves.size())) ==
        test::plain_inclusion(*in_one.profile, 65'535, leaves));
  in_one.store.load_count = 0;
  Tree again(*in_one.profile, in_one.store);
  (void)must(again.inclusion(1'234, leaves.size()));
  CHECK(in_one.store.load_count <= 4);
}

TEST_CASE("appending touches the last tile of each level alone") {
  KeptTree kept;
  const auto leaves = test::counted_leaves(*kept.profile, 1'000);
  kept.append(std::span(leaves).first(767));
  Tree tree(*kept.profile, kept.store);
  const auto changed = must(tree.append(767, std::span(leaves).subspan(767, 2)));
  REQUIRE(changed.size() == 3);
  CHECK(changed.contains({0, 2}));
  CHECK(changed.contains({0, 3}));
  CHECK(changed.contains({1, 0}));
  CHECK(must(tree.root(769)) == test::plain_root(*kept.profile, std::span(leaves).first(769)));
  CHECK(must(tree.root(767)) == test::plain_root(*kept.profile, std::span(leaves).first(767)));
}

TEST_CASE("a tile that is gone, cut or of another size is told, and a size that cannot be is refused") {
  KeptTree kept;
  const auto leaves = test::counted_leaves(*kept.profile, 300);
  kept.append(leaves);
  const auto code = [&](auto ask) {
    Tree tree(*kept.profile, kept.store);
    return test::code_of(ask(tree));
  };
  CHECK(code([](Tree& tree) { return tree.root(0); }) == "proof.bad_range");
  CHECK(code([](Tree& tree) { return tree.root(tree_size_max + 1); }) == "proof.bad_range");
  CHECK(code([](Tree& tree) { return tree.inclusion(5, 5); }) == "proof.bad_range");
  CHECK(code([](Tree& tree) { return tree.consistency(0, 5); }) == "proof.bad_range");
  CHECK(code([](Tree& tree) { return tree.consistency(6, 5); }) == "proof.bad_range");
  CHECK(code([](Tree& tree) { return tree.root(301); }) == "proof.damaged_tile");
  CHECK(code([&](Tree& tree) { return tree.append(299, leaves); }) == "proof.damaged_tile");
  CHECK(code([&](Tree& tree) { return tree.append(301, leaves); }) == "proof.damaged_tile");
  CHECK(code([&](Tree& tree) { return tree.append(tree_size_max, leaves); }) == "proof.bad_range");
  kept.store.tiles[{0, 1}].pop_back();
  CHECK(code([](Tree& tree) { return tree.root(300); }) == "proof.damaged_tile");
  CHECK(code([](Tree& tree) { return tree.root(256); }) == "ok");
  kept.store.tiles.erase({1, 0});
  CHECK(code([](Tree& tree) { return tree.root(256); }) == "proof.damaged_tile");
}

}  // namespace bianmin::proof

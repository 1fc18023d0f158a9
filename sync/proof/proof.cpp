#include "sync/proof/proof.hpp"

#include <algorithm>

#include "sync/record/cbor.hpp"
#include "sync/seal/digest.hpp"

namespace bianmin::proof {

namespace {

using record::CborReader;
using record::CborWriter;

constexpr std::size_t name_size_max = record::record_name_size_max;

Error invalid() { return {Remedy::refuse, "proof.invalid", "not canonical, or of another kind"}; }

CborWriter begin(std::size_t entry_count, std::string_view format) {
  CborWriter out;
  out.map(entry_count).uint(0).text(format);
  return out;
}

void put_path(CborWriter& out, const Path& path) {
  out.array(path.size());
  for (const Hash& hash : path) out.bytes(hash);
}

// Reads the frame of a message; its members follow in ascending keys.
class Members {
 public:
  Members(ByteView bytes, std::size_t entry_count, std::string_view format) : in_(bytes) {
    in_.map_exactly(entry_count);
    ours_ = text() == format;
  }
  std::string text() { return next().text(name_size_max); }
  std::uint64_t uint(std::uint64_t most = INT64_MAX) { return next().uint(most); }
  Bytes bytes(std::size_t size_max) {
    const ByteView value = next().bytes(size_max);
    return {value.begin(), value.end()};
  }
  Hash hash() { return hash_of(next()); }
  Path path() {
    CborReader& list = next();
    Path path(list.array(path_hashes_max));
    for (Hash& each : path) each = hash_of(list);
    return path;
  }
  bool good() const { return ours_ && in_.finished(); }

 private:
  CborReader& next() {
    in_.key(key_++);
    return in_;
  }
  static Hash hash_of(CborReader& in) {
    Hash hash{};
    const ByteView value = in.bytes_exactly(hash.size());
    if (!in.failed()) std::ranges::copy(value, hash.begin());
    return hash;
  }

  CborReader in_;
  std::uint64_t key_ = 0;
  bool ours_ = false;
};

}  // namespace

Hash slip_mark(const seal::Profile& profile, std::string_view case_no, ByteView token_digest) {
  CborWriter out;
  out.array(3).text("bm-slip-1").text(case_no).bytes(token_digest);
  return profile.digest(out.take());
}

Hash slip_mark(const seal::Profile& profile, const record::Slip& slip) {
  return slip_mark(profile, slip.case_no, seal::sha256(view_of(slip.token)));
}

Hash key_digest(const seal::Profile& profile, const seal::PublicKey& receipt_key) {
  return profile.digest(receipt_key.point());
}

Bytes encode(const Leaf& leaf) {
  return begin(3, "bm-leaf-1").uint(1).bytes(leaf.receipt).uint(2).bytes(leaf.mark).take();
}

Result<Leaf> decode_leaf(ByteView bytes) {
  Members in(bytes, 3, "bm-leaf-1");
  Leaf leaf{in.bytes(leaf_size_max), in.bytes(std::tuple_size_v<Hash>)};
  if (!in.good() || (!leaf.mark.empty() && leaf.mark.size() != std::tuple_size_v<Hash>)) return invalid();
  return leaf;
}

Bytes encode(const TreeHead& head) {
  CborWriter out = begin(6, "bm-tree-head-1");
  out.uint(1).text(head.profile).uint(2).uint(head.tree.size).uint(3).bytes(head.tree.root);
  return out.uint(4).uint(static_cast<std::uint64_t>(head.utc_ms)).uint(5).bytes(head.key).take();
}

Result<TreeHead> decode_tree_head(ByteView bytes) {
  Members in(bytes, 6, "bm-tree-head-1");
  TreeHead head;
  head.profile = in.text();
  head.tree.size = in.uint(tree_size_max);
  head.tree.root = in.hash();
  head.utc_ms = static_cast<std::int64_t>(in.uint());
  head.key = in.hash();
  if (!in.good() || head.tree.size == 0) return invalid();
  return head;
}

Bytes encode(const Proof& proof) {
  CborWriter out = begin(6, "bm-proof-1");
  out.uint(1).bytes(proof.head).uint(2).bytes(proof.leaf).uint(3).uint(proof.index).uint(4);
  put_path(out, proof.path);
  return out.uint(5).bytes(proof.stamp).take();
}

Result<Proof> decode_proof(ByteView bytes) {
  Members in(bytes, 6, "bm-proof-1");
  Proof proof;
  proof.head = in.bytes(head_size_max);
  proof.leaf = in.bytes(leaf_size_max);
  proof.index = in.uint(tree_size_max);
  proof.path = in.path();
  proof.stamp = in.bytes(stamp_size_max);
  if (!in.good()) return invalid();
  return proof;
}

Bytes encode(const Consistency& consistency) {
  CborWriter out = begin(4, "bm-consistency-1");
  out.uint(1).bytes(consistency.earlier).uint(2).bytes(consistency.later).uint(3);
  put_path(out, consistency.path);
  return out.take();
}

Result<Consistency> decode_consistency(ByteView bytes) {
  Members in(bytes, 4, "bm-consistency-1");
  Consistency consistency;
  consistency.earlier = in.bytes(head_size_max);
  consistency.later = in.bytes(head_size_max);
  consistency.path = in.path();
  if (!in.good()) return invalid();
  return consistency;
}

Bytes encode(const ProofAsk& ask) {
  return begin(3, "bm-proof-ask-1").uint(1).text(ask.profile).uint(2).bytes(ask.mark).take();
}

Result<ProofAsk> decode_proof_ask(ByteView bytes) {
  Members in(bytes, 3, "bm-proof-ask-1");
  ProofAsk ask;
  ask.profile = in.text();
  ask.mark = in.hash();
  if (!in.good()) return invalid();
  return ask;
}

Bytes encode(const ConsistencyAsk& ask) {
  CborWriter out = begin(4, "bm-consistency-ask-1");
  return out.uint(1).text(ask.profile).uint(2).uint(ask.earlier_size).uint(3).uint(ask.later_size).take();
}

Result<ConsistencyAsk> decode_consistency_ask(ByteView bytes) {
  Members in(bytes, 4, "bm-consistency-ask-1");
  ConsistencyAsk ask;
  ask.profile = in.text();
  ask.earlier_size = in.uint(tree_size_max);
  ask.later_size = in.uint(tree_size_max);
  if (!in.good()) return invalid();
  return ask;
}

}  // namespace bianmin::proof

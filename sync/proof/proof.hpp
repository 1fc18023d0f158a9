// What the hub shows to prove that it has a record: the words of its hash tree. Each is canonical CBOR with
// the name of its format first (record/messages.hpp).
//
// A leaf stands for one record and holds nothing of a person: the receipt that the terminal got, and for a
// case the *mark* of its slip, by which whoever holds the paper finds it and nobody else can.
#pragma once

#include "sync/proof/hash_tree.hpp"
#include "sync/record/messages.hpp"
#include "sync/record/slip.hpp"

namespace bianmin::proof {

// Digest, by the tree's profile, of ["bm-slip-1", case number, SHA-256 of the token].
Hash slip_mark(const seal::Profile& profile, std::string_view case_no, ByteView token_digest);
Hash slip_mark(const seal::Profile& profile, const record::Slip& slip);

struct Leaf {
  Bytes receipt;  // the body of the signed receipt (record::HubReceipt)
  Bytes mark;     // 32 bytes; empty for what has no slip
  bool operator==(const Leaf&) const = default;
};

// What a tree was at a time; the hub signs it. There is one tree for each profile.
struct TreeHead {
  std::string profile;
  TreeOf tree;
  std::int64_t utc_ms = 0;
  Hash key{};  // whose signature this is: digest of the receipt key's point
};

// Enough for the holder of a slip: see check.hpp.
struct Proof {
  Bytes head;  // signed
  Bytes leaf;
  std::uint64_t index = 0;
  Path path;
  Bytes stamp;  // a time stamp authority's response (RFC 3161) over the signed head; may be empty
};

// That a later head of one tree holds all that an earlier one held.
struct Consistency {
  Bytes earlier;  // signed heads
  Bytes later;
  Path path;
};

struct ProofAsk {
  std::string profile;
  Hash mark{};
};

struct ConsistencyAsk {
  std::string profile;
  std::uint64_t earlier_size = 0;
  std::uint64_t later_size = 0;  // 0: the newest
};

constexpr std::size_t leaf_size_max = 1024;
constexpr std::size_t head_size_max = 512;
constexpr std::size_t stamp_size_max = 16 * 1024;

Bytes encode(const Leaf& leaf);
Bytes encode(const TreeHead& head);  // the body of a record::Signed
Bytes encode(const Proof& proof);
Bytes encode(const Consistency& consistency);
Bytes encode(const ProofAsk& ask);
Bytes encode(const ConsistencyAsk& ask);

// All strict; error "proof.invalid" (refuse).
Result<Leaf> decode_leaf(ByteView bytes);
Result<TreeHead> decode_tree_head(ByteView bytes);
Result<Proof> decode_proof(ByteView bytes);
Result<Consistency> decode_consistency(ByteView bytes);
Result<ProofAsk> decode_proof_ask(ByteView bytes);
Result<ConsistencyAsk> decode_consistency_ask(ByteView bytes);

// Of a receipt key, as TreeHead::key has it.
Hash key_digest(const seal::Profile& profile, const seal::PublicKey& receipt_key);

}  // namespace bianmin::proof

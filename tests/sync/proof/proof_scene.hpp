// Seven cases with their slips in a tree, without any hub.
#pragma once

#include "sync/proof/check.hpp"
#include "sync/record/case_no.hpp"
#include "tests/sync/proof/trees.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::test {

struct ProofScene {
  static constexpr std::size_t size = 7;

  explicit ProofScene(std::string_view profile_name = record::profile_international)
      : profile(must(seal::Profile::named(profile_name))), hub_key(profile->generate_key()) {
    for (std::size_t index = 0; index < size; ++index) {
      leaves.push_back(proof::leaf_hash(*profile, leaf(index)));
    }
  }

  record::Slip slip(std::size_t index) const {
    const auto number = static_cast<std::uint32_t>(index);
    Bytes entropy(record::token_entropy_bytes, static_cast<std::uint8_t>(index));
    return {must(record::make_case_no(42, number)), record::make_token(entropy)};
  }
  Bytes leaf(std::size_t index) const {
    const record::HubReceipt receipt{"T-0001",
                                     1,
                                     index + 1,
                                     proof::Hash{static_cast<std::uint8_t>(index)},
                                     1'795'000'000'000,
                                     record::ReceiptStatus::stored,
                                     ""};
    const proof::Hash mark = proof::slip_mark(*profile, slip(index));
    return proof::encode(proof::Leaf{record::encode(receipt), Bytes(mark.begin(), mark.end())});
  }
  Bytes head(std::size_t leaf_count) const { return head(leaf_count, profile->name()); }
  Bytes head(std::size_t leaf_count, std::string_view profile_name) const {
    return head(leaf_count, profile_name, hub_key.public_key());
  }
  Bytes head(std::size_t leaf_count, std::string_view profile_name, const seal::PublicKey& named) const {
    const Bytes body =
        proof::encode(proof::TreeHead{std::string(profile_name),
                                      {leaf_count, plain_root(*profile, std::span(leaves).first(leaf_count))},
                                      1'795'000'002'000,
                                      proof::key_digest(*profile, named)});
    return record::encode(record::Signed{body, hub_key.sign(body)});
  }
  proof::Proof proof_of(std::size_t index) const {
    return {head(size), leaf(index), index, plain_inclusion(*profile, index, leaves), {}};
  }
  proof::Consistency consistency(std::size_t earlier, std::size_t later) const {
    return {head(earlier), head(later), plain_consistency(*profile, earlier, std::span(leaves).first(later))};
  }

  seal::ProfilePtr profile;
  seal::PrivateKey hub_key;
  Leaves leaves;
};

}  // namespace bianmin::test

// Proofs as bytes, and what is said of each byte that was changed.
#include "sync/proof/proof.hpp"

#include "sync/proof/check.hpp"
#include "tests/sync/proof/proof_scene.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::proof {

using test::must;

TEST_CASE("each message is read again as it was written, and only in its one form") {
  const test::ProofScene scene;
  const Bytes proof = encode(scene.proof_of(3));
  CHECK(encode(must(decode_proof(proof))) == proof);
  const Bytes consistency = encode(scene.consistency(3, 6));
  CHECK(encode(must(decode_consistency(consistency))) == consistency);
  const Bytes ask = encode(ProofAsk{"intl-1", Hash{1, 2, 3}});
  CHECK(encode(must(decode_proof_ask(ask))) == ask);
  const Bytes two_sizes = encode(ConsistencyAsk{"gm-1", 3, 0});
  CHECK(encode(must(decode_consistency_ask(two_sizes))) == two_sizes);
  for (const Bytes& message : {proof, consistency, ask, two_sizes}) {
    for (std::size_t size = 0; size < message.size(); ++size) {
      const ByteView cut = ByteView(message).first(size);
      CHECK_FALSE(decode_proof(cut).ok());
      CHECK_FALSE(decode_consistency(cut).ok());
      CHECK_FALSE(decode_proof_ask(cut).ok());
      CHECK_FALSE(decode_consistency_ask(cut).ok());
    }
    Bytes longer = message;
    longer.push_back(0);
    CHECK_FALSE(decode_proof(longer).ok());
    CHECK_FALSE(decode_consistency(longer).ok());
  }
  CHECK(test::code_of(decode_leaf(encode(Leaf{Bytes{1}, Bytes(31)}))) == "proof.invalid");
  CHECK(test::code_of(decode_tree_head(encode(TreeHead{"intl-1", {0, {}}, 1, {}}))) == "proof.invalid");
}

TEST_CASE("a proof proves to the holder of the slip, and nobody else's slip") {
  for (const auto name : seal::profile_names) {
    const test::ProofScene scene(name);
    for (std::size_t index = 0; index < test::ProofScene::size; ++index) {
      const auto checked =
          must(check_proof(encode(scene.proof_of(index)), scene.slip(index), scene.hub_key.public_key()));
      CHECK(checked.index == index);
      CHECK(checked.head.tree.size == test::ProofScene::size);
      CHECK(checked.receipt.seq == index + 1);
      const auto other = scene.slip((index + 1) % test::ProofScene::size);
      CHECK(test::code_of(check_proof(encode(scene.proof_of(index)), other, scene.hub_key.public_key())) ==
            "proof.other_slip");
    }
    record::Slip wrong_token = scene.slip(2);
    wrong_token.token = scene.slip(3).token;
    CHECK(test::code_of(check_proof(encode(scene.proof_of(2)), wrong_token, scene.hub_key.public_key())) ==
          "proof.other_slip");
  }
}

TEST_CASE("what is wrong with a proof has its code") {
  const test::ProofScene scene;
  const auto code = [&](const Proof& proof) {
    return test::code_of(check_proof(encode(proof), scene.slip(3), scene.hub_key.public_key()));
  };
  Proof proof = scene.proof_of(3);
  CHECK(code(proof) == "ok");
  proof.index = 4;
  CHECK(code(proof) == "proof.not_included");
  proof = scene.proof_of(3);
  proof.path.pop_back();
  CHECK(code(proof) == "proof.not_included");
  proof = scene.proof_of(3);
  proof.head = scene.head(3);
  CHECK(code(proof) == "proof.not_included");  // the leaf came after that head
  proof.head = scene.head(test::ProofScene::size, "gm-1");
  CHECK(code(proof) == "proof.other_profile");
  proof.head = scene.head(test::ProofScene::size, "intl-1", seal::PrivateKey::generate().public_key());
  CHECK(code(proof) == "proof.other_key");
  proof.head = Bytes{1};
  CHECK(code(proof) == "proof.invalid");
  proof = scene.proof_of(3);
  proof.leaf = encode(Leaf{Bytes{1}, must(decode_leaf(proof.leaf)).mark});
  CHECK(code(proof) == "proof.invalid");
  const auto stranger = seal::PrivateKey::generate().public_key();
  CHECK(test::code_of(check_proof(encode(scene.proof_of(3)), scene.slip(3), stranger)) ==
        "proof.bad_signature");
}

TEST_CASE("every changed bit of a proof and of a consistency is refused") {
  const test::ProofScene scene;
  const auto key = scene.hub_key.public_key();
  Bytes proof = encode(scene.proof_of(5));
  Bytes consistency = encode(scene.consistency(4, 7));
  REQUIRE(check_proof(proof, scene.slip(5), key).ok());
  REQUIRE(check_consistency(consistency, key).ok());
  int accepted = 0;
  for (std::size_t bit = 0; bit < 8 * proof.size(); ++bit) {
    proof[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    accepted += check_proof(proof, scene.slip(5), key).ok() ? 1 : 0;
    proof[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
  for (std::size_t bit = 0; bit < 8 * consistency.size(); ++bit) {
    consistency[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    accepted += check_consistency(consistency, key).ok() ? 1 : 0;
    consistency[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
  CHECK(accepted == 0);
}

TEST_CASE("a hub that changes a leaf it had shown cannot make its heads consistent") {
  const test::ProofScene before;
  test::ProofScene after(before);
  after.leaves[1] = leaf_hash(*after.profile, Bytes{1});
  Consistency forged = after.consistency(4, 7);
  forged.earlier = before.head(4);
  const auto key = before.hub_key.public_key();
  CHECK(test::code_of(check_consistency(encode(forged), key)) == "proof.inconsistent");
  CHECK(check_consistency(encode(before.consistency(4, 7)), key).ok());
  CHECK(test::code_of(check_consistency(encode(before.consistency(4, 7)),
                                        seal::PrivateKey::generate().public_key())) == "proof.bad_signature");
}

}  // namespace bianmin::proof

// What the hub answers to whoever wants a proof.
#include "sync/hub/proof/proofs.hpp"

#include "sync/hub/ingest/ingest.hpp"
#include "tests/sync/hub/proof_hub.hpp"

namespace bianmin::hub {

using test::must;
using test::ProofHub;

namespace {

HttpResponse post(ProofHub& scene, const std::string& path, const Bytes& body) {
  return scene.hub.handle({"POST", path, "T-0001", body});
}

std::string body_code(const HttpResponse& response) {
  return must(parse_json(text_of(response.body)))["code"].get<std::string>();
}

}  // namespace

TEST_CASE("the holder of a slip asks over the wire and gets a proof, without a word that opens the case") {
  ProofHub scene;
  const auto slip = scene.save_case();
  scene.terminal.turn_until_quiet();
  const Bytes ask = proof::encode(proof::ProofAsk{"intl-1", proof::slip_mark(scene.profile(), slip)});
  CHECK(post(scene, "/v1/proofs", ask).status == 404);
  CHECK(body_code(post(scene, "/v1/proofs", ask)) == "hub.no_proof");
  (void)scene.sequence();
  const HttpResponse answer = post(scene, "/v1/proofs", ask);
  REQUIRE(answer.status == 200);
  const auto checked = must(proof::check_proof(answer.body, slip, scene.key()));
  CHECK(checked.receipt.terminal_id == "T-0001");
  CHECK(checked.receipt.seq == 1);
  CHECK(checked.receipt.status == record::ReceiptStatus::stored);
  CHECK(checked.stamp.empty());
  for (const Bytes& seen : {ask, answer.body}) {
    for (const std::string_view secret : {std::string_view(slip.token), std::string_view(slip.case_no),
                                          test::canary_name, test::canary_number}) {
      CHECK(text_of(seen).find(secret) == std::string::npos);
    }
  }
}

TEST_CASE("what cannot be asked is refused") {
  ProofHub scene;
  const auto slip = scene.save_case();
  scene.terminal.turn_until_quiet();
  (void)scene.sequence();
  CHECK(post(scene, "/v1/proofs", {1}).status == 422);
  CHECK(body_code(post(scene, "/v1/proofs", proof::encode(proof::ProofAsk{"no-1", {}}))) ==
        "hub.bad_request");
  CHECK(body_code(post(scene, "/v1/proofs", proof::encode(proof::ProofAsk{"intl-1", {}}))) == "hub.no_proof");
  CHECK(post(scene, "/v1/consistency", {1}).status == 422);
  const auto consistency = [&](std::uint64_t earlier, std::uint64_t later) {
    return post(scene, "/v1/consistency", proof::encode(proof::ConsistencyAsk{"intl-1", earlier, later}));
  };
  CHECK(consistency(1, 0).status == 200);
  CHECK(consistency(0, 1).status == 404);
  CHECK(consistency(2, 0).status == 404);
  CHECK(body_code(consistency(1, 5)) == "hub.no_such_head");
  CHECK(scene.hub.handle({"GET", "/v1/proofs", "T-0001", {}}).status == 405);
  CHECK(scene.hub.handle({"POST", "/v1/proofs", "T-0009", {}}).status == 403);
}

TEST_CASE("an old proof and a new one are of one tree that only grew") {
  ProofHub scene;
  const auto first = scene.save_case();
  scene.terminal.turn_until_quiet();
  (void)scene.sequence();
  const auto before = must(scene.prove(first));
  for (int count = 0; count < 9; ++count) (void)scene.save_case();
  scene.terminal.turn_until_quiet();
  scene.hub.restart();
  Sequencer sequencer(scene.hub.database(), scene.hub.keys(), scene.hub.clock);
  CHECK(must(sequencer.run()) == 9);
  Proofs proofs(scene.hub.database(), scene.hub.keys());
  const seal::Profile& profile = *scene.hub.keys().profile("intl-1");
  const auto key = scene.hub.keys().receipt_key(profile);
  const auto now = must(proof::check_proof(
      proof::encode(must(proofs.prove(profile, proof::slip_mark(profile, first)))), first, key));
  CHECK(now.head.tree.size == 10);
  const auto grown = must(proof::check_consistency(
      proof::encode(must(proofs.prove_consistency(profile, before.head.tree.size, 0))), key));
  CHECK(grown.earlier.tree.root == before.head.tree.root);
  CHECK(grown.later.tree.root == now.head.tree.root);
}

TEST_CASE("a record that was changed after it had its leaf is told, not proven") {
  ProofHub scene;
  const auto slip = scene.save_case();
  const auto other = scene.save_case();
  scene.terminal.turn_until_quiet();
  (void)scene.sequence();
  must(scene.hub.database().execute(
      "UPDATE record SET receipt = (SELECT receipt FROM record WHERE seq = 2) WHERE seq = 1"));
  CHECK(test::code_of(scene.prove(slip)) == "proof.damaged_tree");
  CHECK(scene.prove(other).ok());
  const Bytes ask = proof::encode(proof::ProofAsk{"intl-1", proof::slip_mark(scene.profile(), slip)});
  CHECK(post(scene, "/v1/proofs", ask).status == 503);
}

}  // namespace bianmin::hub

// verify.py shares no code with the product. Whatever is changed in a proof, both say the same about it.
#include <fmt/format.h>

#include <fstream>

#include "sync/seal/timestamp.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/hub/time_stamp_authority.hpp"
#include "tests/sync/proof/proof_scene.hpp"

namespace bianmin::proof {

using test::must;

namespace {

constexpr std::size_t proven_index = 5;

// A folder as compare_proofs.py reads it.
struct DamagedProofs {
  explicit DamagedProofs(std::string_view profile = record::profile_international) : scene(profile) {
    must(write_file_durably(folder / "receipt.pub", view_of(scene.hub_key.public_key().pem())));
    must(write_file_durably(folder / "slip.txt", view_of(record::slip_text(scene.slip(proven_index)))));
    expected.open(folder / "expected.txt");
  }
  std::string judge(const std::string& name, const Bytes& bytes) const {
    const auto key = scene.hub_key.public_key();
    if (name.starts_with("consistency")) return test::code_of(check_consistency(bytes, key));
    const auto proof = check_proof(bytes, scene.slip(proven_index), key);
    if (!proof || name != "stamped.proof") return test::code_of(proof);
    return test::code_of(seal::check_stamp(proof->stamp, {seal::sha256(proof->signed_head)}, *trust));
  }
  // The whole file, and one with each `step`th byte changed. Returns how many changes are accepted.
  int add(const std::string& name, Bytes bytes, std::size_t first = 0, std::size_t step = 1) {
    must(write_file_durably(folder / name, bytes));
    expected << name << " 0 0 " << judge(name, bytes) << '\n';
    CHECK(judge(name, bytes) == "ok");
    int accepted = 0;
    for (std::size_t at = first; at < bytes.size(); at += step) {
      const auto flip = static_cast<std::uint8_t>(1U << at % 8);
      bytes[at] ^= flip;
      const std::string code = judge(name, bytes);
      bytes[at] ^= flip;
      accepted += code == "ok" ? 1 : 0;
      expected << name << ' ' << at << ' ' << int{flip} << ' ' << code << '\n';
    }
    return accepted;
  }
  void check_same() {
    expected.close();
    const auto result =
        test::run_command("python3 tests/sync/verifier/compare_proofs.py " + folder.path().string());
    INFO(result.output);
    CHECK(result.exit_code == 0);
    fmt::print("proof verifier: {}", result.output);
  }

  test::TempFolder folder;
  test::ProofScene scene;
  std::optional<seal::StampTrust> trust;
  std::ofstream expected;
};

}  // namespace

TEST_CASE("every changed byte of a proof and of a consistency: both refuse it, for the same reason") {
  for (const auto profile : seal::profile_names) {
    DamagedProofs damaged(profile);
    CHECK(damaged.add("whole.proof", encode(damaged.scene.proof_of(proven_index))) == 0);
    CHECK(damaged.add("consistency.3-6", encode(damaged.scene.consistency(3, 6))) == 0);
    CHECK(damaged.add("consistency.4-7", encode(damaged.scene.consistency(4, 7)), 0, 5) == 0);
    CHECK(damaged.add("consistency.7-7", encode(damaged.scene.consistency(7, 7)), 0, 5) == 0);
    damaged.check_same();
  }
}

TEST_CASE("a time stamp: openssl and the product believe the same") {
  DamagedProofs damaged;
  test::OpensslAuthority authority;
  damaged.trust = authority.trust();
  must(write_file_durably(damaged.folder / "root.crt", must(read_file(authority.root(), 1U << 16U))));
  Proof proof = damaged.scene.proof_of(proven_index);
  proof.stamp = must(authority.stamp(must(seal::make_stamp_request(proof.head)).der));
  const Bytes bytes = encode(proof);
  const std::size_t stamp_at = bytes.size() - proof.stamp.size();
  CHECK(damaged.add("stamped.proof", bytes, stamp_at, 31) <= 3);
  damaged.check_same();
}

TEST_CASE("verify.py on the command line: proofs, heads, exit codes") {
  DamagedProofs damaged;
  must(write_file_durably(damaged.folder / "proof", encode(damaged.scene.proof_of(proven_index))));
  must(write_file_durably(damaged.folder / "heads", encode(damaged.scene.consistency(3, 7))));
  const auto run = [&](const std::string& words) {
    return test::run_command("python3 tests/sync/verifier/verify.py " + words + " --hub-receipt-key " +
                             (damaged.folder / "receipt.pub").string());
  };
  const std::string file = (damaged.folder / "proof").string();
  const std::string slip = " --slip " + record::slip_text(damaged.scene.slip(proven_index));
  const auto good = run("proof " + file + slip);
  INFO(good.output);
  CHECK(good.exit_code == 0);
  CHECK(good.output.find("terminal_id=T-0001 epoch=1 seq=6") == 0);
  const auto other = run("proof " + file + " --slip " + record::slip_text(damaged.scene.slip(1)) + " --json");
  CHECK(other.exit_code == 1);
  CHECK(other.output.find("proof.other_slip") != std::string::npos);
  CHECK(run("proof " + file + " --slip BM9:1:2").exit_code == 3);
  CHECK(run("proof " + file).exit_code == 2);
  CHECK(run("proof /nowhere" + slip).exit_code == 3);
  CHECK(run("consistency " + (damaged.folder / "heads").string()).exit_code == 0);
  CHECK(run("consistency " + file).exit_code == 1);
}

}  // namespace bianmin::proof

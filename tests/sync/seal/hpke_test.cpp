#include "sync/seal/hpke.hpp"

#include "sync/seal/digest.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::seal {

namespace {

Bytes hex(std::string_view text) { return test::must(from_hex(text)); }

struct Vector {
  Aead aead;
  const char* ephemeral_scalar;
  const char* receiver_point;
  const char* receiver_scalar;
  const char* enc;
  const char* ciphertext;
};

// RFC 9180 appendix A.3.1 (base mode, sequence number 0), and the entry of the CFRG's test-vectors.json
// (github.com/cfrg/draft-irtf-cfrg-hpke) with the suite the project uses.
const Vector vectors[] = {
    {Aead::aes_128_gcm, "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb",
     "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3d30ad6aa8"
     "f80e3"
     "0f1d128aafd68a2ce72ea0",
     "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2",
     "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c4"
     "03ce6"
     "5c9bfcb9382657222d18c4",
     "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434"},
    {Aead::aes_256_gcm, "90345e3a1d116c1dd39ae76d95ab858c142223a63e44f8f85318cfa91a84858e",
     "04abc7e49a4c6b3566d77d0304addc6ed0e98512ffccf505e6a8e3eb25c685136f853148544876de76c0f2ef99cdc3a05ccf5de"
     "d7860"
     "c7c021238f9e2073d2356c",
     "317f915db7bc629c48fe765587897e01e282d3e8445f79f27f65d031a88082b2",
     "04c06b4f6bebc7bb495cb797ab753f911aff80aefb86fd8b6fcc35525f3ab5f03e0b21bd31a86c6048af3cb2d98e0d3bf01da5c"
     "c4c39"
     "ff5370d331a4f1f7d5a4e0",
     "58c61a45059d0c5704560e9d88b564a8b63f1364b8d1fcb3c4c6ddc1d291742465e902cd216f8908da49f8f96f"}};

constexpr std::string_view poem_info = "Ode on a Grecian Urn";
constexpr std::string_view poem_aad = "Count-0";
constexpr std::string_view verse = "Beauty is truth, truth beauty";

}  // namespace

TEST_CASE("HPKE gives the published bytes") {
  for (const Vector& vector : vectors) {
    const Hpke hpke(vector.aead);
    const auto ephemeral = test::must(PrivateKey::from_scalar(hex(vector.ephemeral_scalar)));
    const auto receiver = test::must(PublicKey::from_point(hex(vector.receiver_point)));
    const Bytes sealed = hpke.seal(test::must(hpke.prepare(ephemeral, receiver, poem_info)),
                                   view_of(poem_aad), view_of(verse));
    CHECK(to_hex(ByteView(sealed).first(point_size)) == vector.enc);
    CHECK(to_hex(ByteView(sealed).subspan(point_size)) == vector.ciphertext);
    const auto secret = test::must(PrivateKey::from_scalar(hex(vector.receiver_scalar)));
    CHECK(secret.public_key().point() == receiver.point());
    const auto opened = test::must(hpke.open(secret, poem_info, view_of(poem_aad), sealed));
    CHECK(text_of(opened) == verse);
  }
}

TEST_CASE("what is sealed opens, and sealing twice gives different bytes") {
  const PrivateKey receiver = PrivateKey::generate();
  for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 2048U, 100'000U}) {
    const Bytes message = random_bytes(size);
    const Bytes a = test::must(seal_to(receiver.public_key(), poem_info, view_of(poem_aad), message));
    const Bytes b = test::must(seal_to(receiver.public_key(), poem_info, view_of(poem_aad), message));
    CHECK(a.size() == size + seal_overhead);
    CHECK(a != b);
    const SecretBytes opened = test::must(open_with(receiver, poem_info, view_of(poem_aad), a));
    CHECK(Bytes(opened.begin(), opened.end()) == message);
  }
}

TEST_CASE("every flipped bit, another key, another purpose and every truncation keep it shut") {
  const PrivateKey receiver = PrivateKey::generate();
  const Bytes sealed =
      test::must(seal_to(receiver.public_key(), poem_info, view_of(poem_aad), view_of(verse)));
  for (std::size_t bit = 0; bit < sealed.size() * 8; bit += 3) {
    Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    REQUIRE(test::code_of(open_with(receiver, poem_info, view_of(poem_aad), changed)) == "seal.cannot_open");
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    REQUIRE_FALSE(open_with(receiver, poem_info, view_of(poem_aad), ByteView(sealed).first(size)).ok());
  }
  CHECK_FALSE(open_with(PrivateKey::generate(), poem_info, view_of(poem_aad), sealed).ok());
  CHECK_FALSE(open_with(receiver, "another purpose", view_of(poem_aad), sealed).ok());
  CHECK_FALSE(open_with(receiver, poem_info, view_of("Count-1"), sealed).ok());
}

}  // namespace bianmin::seal

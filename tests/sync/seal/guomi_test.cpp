// 国密: the published examples of each primitive, and what a sealing of the profile gm-1 refuses.
#include "sync/seal/guomi.hpp"

#include "sync/seal/algorithms.hpp"
#include "tests/sync/vectors.hpp"

namespace bianmin::seal {

using test::must;
using test::unhex;

namespace {

constexpr std::string_view sm2_scalar = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
constexpr std::string_view sm2_point =
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";

const std::string purpose_text = "bianmin record gm-1";

Bytes run_ctr(std::string_view key, std::string_view iv, const Bytes& plain) {
  Bytes out(plain.size());
  update(Cipher("SM4-CTR").encryption(unhex(key), unhex(iv)).get(), out.data(), plain);
  return out;
}

}  // namespace

TEST_CASE("SM3 of GB/T 32905's examples") {
  const Hash sm3("SM3");
  CHECK(to_hex(sm3(view_of("abc"))) == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
  std::string repeated;
  for (int i = 0; i < 16; ++i) repeated += "abcd";
  CHECK(to_hex(sm3(view_of(repeated))) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
}

TEST_CASE("HMAC-SM3 of GM/T 0042's examples") {
  const Hmac hmac("SM3");
  Bytes key;
  for (std::uint8_t i = 1; i <= 37; ++i) key.push_back(i);
  const std::string_view part = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  CHECK(to_hex(hmac(ByteView(key).first(32), {view_of(part), view_of(part)})) ==
        "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a");
  CHECK(to_hex(hmac(key, {Bytes(50, 0xCD)})) ==
        "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae");
  CHECK(to_hex(hmac(Bytes(32, 0x0B), {view_of("Hi There")})) ==
        "c0ba18c68b90c88bc07de794bfc7d2c8d19ec31ed8773bc2b390c9604e0be11e");
}

TEST_CASE("SM4 of GB/T 32907's example, and SM4-CTR of draft-ribose-cfrg-sm4") {
  constexpr std::string_view key = "0123456789abcdeffedcba9876543210";
  CHECK(to_hex(run_ctr(key, key, Bytes(16))) ==
        "681edf34d206965e86b3e94f536e4246");  // the block is the counter
  const Bytes plain = unhex(
      "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
      "eeeeeeeeeeeeeeeeffffffffffffffffaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb");
  CHECK(to_hex(run_ctr(key, "000102030405060708090a0b0c0d0e0f", plain)) ==
        "ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7"
        "f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514");
}

TEST_CASE("an SM2 signature of GB/T 32918.5's example verifies") {
  const auto key = must(PublicKey::from_point(unhex(sm2_point), Curve::sm2));
  const Bytes signature = unhex(
      "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
      "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
  CHECK(key.verify(view_of("message digest"), signature));
  CHECK_FALSE(key.verify(view_of("message digesu"), signature));
  CHECK(must(PrivateKey::from_scalar(unhex(sm2_scalar), Curve::sm2)).public_point() == unhex(sm2_point));
}

TEST_CASE("the user ID is in every SM2 signature: without it another implementation says no") {
  const test::TempFolder folder;
  const auto key = PrivateKey::generate(Curve::sm2);
  must(write_file_durably(folder / "k.pub", view_of(key.public_key().pem())));
  must(write_file_durably(folder / "m", view_of("message")));
  must(write_file_durably(folder / "s", key.sign(view_of("message"))));
  const std::string check =
      "cd " + folder.path().string() +
      " && openssl pkeyutl -verify -pubin -inkey k.pub -rawin -digest sm3 -in m -sigfile s";
  CHECK(test::run_command(check + " -pkeyopt distid:1234567812345678").exit_code == 0);
  CHECK(test::run_command(check).exit_code != 0);
}

TEST_CASE("SM2 encryption in the form of GM/T 0009: GB/T 32918.5's example opens") {
  const test::TempFolder folder;
  must(must(PrivateKey::from_scalar(unhex(sm2_scalar), Curve::sm2)).save(folder / "k"));
  must(write_file_durably(
      folder / "c",
      unhex(
          "307c022004ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73022100e858f9d81e5430a57b36"
          "daab8f950a3c64e6ee6a63094d99283aff767e124df0042059983c18f809e262923c53aec295d30383b54e39d609d160"
          "afcb1908d0bd8766041321886ca989ca9c7d58087307ca93092d651efa")));
  const auto opened =
      test::run_command("cd " + folder.path().string() + " && openssl pkeyutl -decrypt -inkey k -in c");
  CHECK(opened.output == "encryption standard");
}

TEST_CASE("SM2 keys survive a file and say their curve; what is none is refused") {
  const test::TempFolder folder;
  const auto key = PrivateKey::generate(Curve::sm2);
  must(key.save(folder / "k"));
  const auto loaded = must(PrivateKey::load(folder / "k"));
  CHECK(loaded.curve() == Curve::sm2);
  CHECK(loaded.public_point() == key.public_point());
  CHECK(must(PublicKey::from_pem(key.public_key().pem())).curve() == Curve::sm2);
  const auto p256 = PrivateKey::generate();
  CHECK(test::code_of(PublicKey::from_point(p256.public_point(), Curve::sm2)) == "key.invalid");
  CHECK(test::code_of(PublicKey::from_point(key.public_point(), Curve::p256)) == "key.invalid");
  CHECK(test::code_of(PrivateKey::from_scalar(Bytes(32, 0xFF), Curve::sm2)) == "key.invalid");
  const Bytes order_less_one = unhex("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122");
  CHECK(test::code_of(PrivateKey::from_scalar(order_less_one, Curve::sm2)) == "key.invalid");
  CHECK(test::code_of(key.agree(key.public_key())) == "key.invalid");
  CHECK(test::code_of(p256.agree(key.public_key())) == "key.invalid");
}

TEST_CASE("gm-1: what is sealed opens, and every changed byte, truncation and addition keeps it shut") {
  const Guomi guomi;
  const auto receiver = PrivateKey::generate(Curve::sm2);
  const auto seal = [&](ByteView plain) {
    return guomi.seal(must(guomi.prepare(receiver.public_key())), purpose_text, view_of("id"), plain);
  };
  const auto code = [&](ByteView sealed) {
    return test::code_of(guomi.open(receiver, purpose_text, view_of("id"), sealed));
  };
  for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 100'000U}) {
    const Bytes message = random_bytes(size);
    const SecretBytes opened = must(guomi.open(receiver, purpose_text, view_of("id"), seal(message)));
    CHECK(Bytes(opened.begin(), opened.end()) == message);
  }
  const Bytes sealed = seal(view_of("Beauty is truth"));
  CHECK(sealed != seal(view_of("Beauty is truth")));
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    Bytes changed = sealed;
    changed[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
    CHECK(code(changed) == "seal.cannot_open");
    CHECK(code(ByteView(sealed).first(at)) == "seal.cannot_open");
  }
  Bytes longer = sealed;
  longer.push_back(0);
  CHECK(code(longer) == "seal.cannot_open");
  CHECK(code({}) == "seal.cannot_open");
}

TEST_CASE("gm-1: another key, purpose or context, and a key of the other curve") {
  const Guomi guomi;
  const auto receiver = PrivateKey::generate(Curve::sm2);
  const Bytes sealed =
      guomi.seal(must(guomi.prepare(receiver.public_key())), purpose_text, view_of("id"), view_of("plain"));
  const auto code = [&](const PrivateKey& key, std::string_view info, std::string_view aad) {
    return test::code_of(guomi.open(key, info, view_of(aad), sealed));
  };
  CHECK(code(receiver, purpose_text, "id") == "ok");
  CHECK(code(receiver, "bianmin ask gm-1", "id") == "seal.cannot_open");
  CHECK(code(receiver, purpose_text, "ie") == "seal.cannot_open");
  CHECK(code(receiver, purpose_text + "i", "d") == "seal.cannot_open");  // sizes are in what the tag is over
  CHECK(code(PrivateKey::generate(Curve::sm2), purpose_text, "id") == "seal.cannot_open");
  CHECK(code(PrivateKey::generate(), purpose_text, "id") == "seal.cannot_open");
  CHECK(test::code_of(guomi.prepare(PrivateKey::generate().public_key())) == "key.invalid");
}

}  // namespace bianmin::seal

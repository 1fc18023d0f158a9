#include "sync/seal/keys.hpp"

#include <sys/stat.h>

#include "sync/seal/digest.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::seal {

TEST_CASE("SHA-256 of FIPS 180's examples") {
  CHECK(to_hex(sha256(view_of("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a signature verifies over its message and nothing else") {
  const PrivateKey key = PrivateKey::generate();
  const Bytes message = random_bytes(300);
  const Bytes signature = key.sign(message);
  CHECK(key.public_key().verify(message, signature));
  CHECK_FALSE(PrivateKey::generate().public_key().verify(message, signature));
  for (std::size_t at = 0; at < message.size(); at += 7) {
    Bytes changed = message;
    changed[at] ^= 1;
    CHECK_FALSE(key.public_key().verify(changed, signature));
  }
  for (std::size_t at = 0; at < signature.size(); ++at) {
    Bytes changed = signature;
    changed[at] ^= 1;
    CHECK_FALSE(key.public_key().verify(message, changed));
    CHECK_FALSE(key.public_key().verify(message, ByteView(signature).first(at)));
  }
}

TEST_CASE("keys survive a file, and a private one is its owner's only") {
  const test::TempFolder folder;
  const PrivateKey key = PrivateKey::generate();
  test::must(key.save(folder / "a.key"));
  struct stat info {};
  REQUIRE(::stat((folder / "a.key").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600U);
  const PrivateKey loaded = test::must(PrivateKey::load(folder / "a.key"));
  CHECK(loaded.public_key().point() == key.public_key().point());
  test::must(write_file_durably(folder / "a.pub", view_of(key.public_key().pem())));
  CHECK(test::must(PublicKey::load(folder / "a.pub")).point() == key.public_key().point());
}

TEST_CASE("what is no key is refused") {
  const test::TempFolder folder;
  CHECK(test::code_of(PrivateKey::load(folder / "none.key")) == "file.missing");
  test::must(write_file_durably(folder / "empty.key", {}));
  CHECK(test::code_of(PrivateKey::load(folder / "empty.key")) == "key.invalid");
  CHECK(test::code_of(PublicKey::load(folder / "empty.key")) == "key.invalid");
  test::must(write_file_durably(folder / "bad.key", view_of("-----BEGIN PRIVATE KEY-----\nAAAA\n")));
  CHECK(test::code_of(PrivateKey::load(folder / "bad.key")) == "key.invalid");
  CHECK(test::code_of(PublicKey::load(folder / "bad.key")) == "key.invalid");
  CHECK(test::code_of(PublicKey::from_point(Bytes(65, 4))) == "key.invalid");
  CHECK(test::code_of(PublicKey::from_point(Bytes(64, 4))) == "key.invalid");
  CHECK(test::code_of(PublicKey::from_point({})) == "key.invalid");
  CHECK(test::code_of(PrivateKey::from_scalar(Bytes(32, 0))) == "key.invalid");
  CHECK(test::code_of(PrivateKey::from_scalar(Bytes(32, 0xFF))) == "key.invalid");
  CHECK(test::code_of(PrivateKey::from_scalar(Bytes(31, 1))) == "key.invalid");
  const auto rsa = test::run_command("openssl genrsa -out " + (folder / "rsa.key").string() + " 2048");
  REQUIRE(rsa.exit_code == 0);
  CHECK(test::code_of(PrivateKey::load(folder / "rsa.key")) == "key.invalid");
}

TEST_CASE("both sides of an agreement get the same secret") {
  const PrivateKey a = PrivateKey::generate();
  const PrivateKey b = PrivateKey::generate();
  CHECK(test::must(a.agree(b.public_key())) == test::must(b.agree(a.public_key())));
  CHECK(test::must(a.agree(b.public_key())) != test::must(a.agree(a.public_key())));
}

}  // namespace bianmin::seal

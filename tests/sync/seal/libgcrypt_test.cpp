// What OpenSSL makes, looked at by an implementation that is not OpenSSL.
#include <gcrypt.h>

#include "sync/seal/algorithms.hpp"
#include "sync/seal/guomi.hpp"
#include "sync/seal/hpke.hpp"
#include "sync/seal/profile.hpp"
#include "tests/sync/vectors.hpp"

namespace bianmin::seal {

using test::bytes_in;
using test::must;
using test::unhex;

namespace {

struct Releasing {
  void operator()(gcry_sexp_t expression) const { gcry_sexp_release(expression); }
};
using Sexp = std::unique_ptr<std::remove_pointer_t<gcry_sexp_t>, Releasing>;

void start_gcrypt() {
  REQUIRE(gcry_check_version("1.10.0") != nullptr);
  gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
  gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

template <typename... Parts>
Sexp sexp(const char* format, const Parts&... parts) {
  gcry_sexp_t out = nullptr;
  const auto build = [&](auto... flat) { REQUIRE(gcry_sexp_build(&out, nullptr, format, flat...) == 0); };
  std::apply(build, std::tuple_cat(std::make_tuple(static_cast<int>(parts.size()), parts.data())...));
  return Sexp(out);
}

// r and s of a DER SEQUENCE, and x, y, C3, C2 of GM/T 0009: elements of one length byte, or of one after
// 0x81.
std::vector<Bytes> der_elements(ByteView der) {
  ByteReader in(der);
  const auto length = [&] {
    const std::uint8_t first = in.u8();
    return first == 0x81 ? in.u8() : first;
  };
  REQUIRE(in.u8() == 0x30);
  const std::size_t whole = length();
  REQUIRE(whole == in.left());
  std::vector<Bytes> elements;
  while (in.left() > 0 && !in.failed()) {
    in.skip(1);
    const ByteView value = in.take(length());
    elements.emplace_back(value.begin(), value.end());
  }
  REQUIRE(in.at_end());
  return elements;
}

Bytes gcrypt_digest(int algorithm, std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) append(all, part);
  Bytes out(32);
  gcry_md_hash_buffer(algorithm, out.data(), all.data(), all.size());
  return out;
}

Bytes gcrypt_hmac(int algorithm, ByteView key, std::initializer_list<Bytes> parts) {
  gcry_mac_hd_t mac = nullptr;
  REQUIRE(gcry_mac_open(&mac, algorithm, 0, nullptr) == 0);
  REQUIRE(gcry_mac_setkey(mac, key.data(), key.size()) == 0);
  for (const Bytes& part : parts) REQUIRE(gcry_mac_write(mac, part.data(), part.size()) == 0);
  Bytes out(32);
  std::size_t size = out.size();
  REQUIRE(gcry_mac_read(mac, out.data(), &size) == 0);
  gcry_mac_close(mac);
  return out;
}

Bytes gcrypt_decrypt(int algorithm, int mode, ByteView key, ByteView iv, ByteView aad, ByteView in,
                     ByteView tag) {
  gcry_cipher_hd_t cipher = nullptr;
  REQUIRE(gcry_cipher_open(&cipher, algorithm, mode, 0) == 0);
  REQUIRE(gcry_cipher_setkey(cipher, key.data(), key.size()) == 0);
  if (mode == GCRY_CIPHER_MODE_CTR) {
    REQUIRE(gcry_cipher_setctr(cipher, iv.data(), iv.size()) == 0);
  } else {
    REQUIRE(gcry_cipher_setiv(cipher, iv.data(), iv.size()) == 0);
    REQUIRE(gcry_cipher_authenticate(cipher, aad.data(), aad.size()) == 0);
  }
  Bytes out(in.size());
  REQUIRE(gcry_cipher_decrypt(cipher, out.data(), out.size(), in.data(), in.size()) == 0);
  if (!tag.empty()) CHECK(gcry_cipher_checktag(cipher, tag.data(), tag.size()) == 0);
  gcry_cipher_close(cipher);
  return out;
}

bool gcrypt_verify_ecdsa(ByteView point, ByteView message, ByteView signature) {
  const auto parts = der_elements(signature);
  const auto digest = gcrypt_digest(GCRY_MD_SHA256, {Bytes(message.begin(), message.end())});
  const Sexp key = sexp("(public-key(ecc(curve \"NIST P-256\")(q %b)))", point);
  const Sexp data = sexp("(data(flags raw)(hash sha256 %b))", digest);
  const Sexp value = sexp("(sig-val(ecdsa(r %b)(s %b)))", parts.at(0), parts.at(1));
  return gcry_pk_verify(value.get(), data.get(), key.get()) == 0;
}

bool gcrypt_verify_sm2(ByteView point, std::string_view user_id, ByteView message, ByteView signature) {
  const auto parts = der_elements(signature);
  const Bytes curve = unhex(  // a, b, x of G, y of G
      "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc"
      "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93"
      "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
      "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0");
  const Bytes id_bits = ByteWriter().u16_be(static_cast<std::uint16_t>(user_id.size() * 8)).take();
  const Bytes z =
      gcrypt_digest(GCRY_MD_SM3, {id_bits, bytes_of(user_id), curve, Bytes(point.begin() + 1, point.end())});
  const Bytes e = gcrypt_digest(GCRY_MD_SM3, {z, Bytes(message.begin(), message.end())});
  const Sexp key = sexp("(public-key(ecc(curve \"sm2p256v1\")(q %b)))", point);
  const Sexp data = sexp("(data(flags sm2)(hash sm3 %b))", e);
  const Sexp value = sexp("(sig-val(sm2(r %b)(s %b)))", parts.at(0), parts.at(1));
  return gcry_pk_verify(value.get(), data.get(), key.get()) == 0;
}

// A number with or without leading zeros as so many bytes.
Bytes padded(const Bytes& integer, std::size_t size = 32) {
  const std::size_t skip = integer.size() > size ? integer.size() - size : 0;
  Bytes out(size - (integer.size() - skip), 0);
  append(out, ByteView(integer).subspan(skip));
  return out;
}

// Nothing when it does not open: libgcrypt 1.10 leaves leading zeros of the shared point out of C3, which is
// once in 128 times.
Bytes gcrypt_decrypt_sm2(ByteView scalar, ByteView point, ByteView der) {
  const auto parts = der_elements(der);
  Bytes c1 = {4};
  append(c1, padded(parts.at(0)));
  append(c1, padded(parts.at(1)));
  const Sexp key = sexp("(private-key(ecc(curve \"sm2p256v1\")(q %b)(d %b)))", point, scalar);
  const Sexp data = sexp("(enc-val(flags sm2)(sm2(a %b)(b %b)(c %b)))", c1, parts.at(2), parts.at(3));
  gcry_sexp_t plain = nullptr;
  if (gcry_pk_decrypt(&plain, data.get(), key.get()) != 0) return {};
  const Sexp owned(plain);
  const Sexp value(gcry_sexp_find_token(plain, "value", 0));
  std::size_t size = 0;
  const char* bytes = value ? gcry_sexp_nth_data(value.get(), 1, &size) : gcry_sexp_nth_data(plain, 1, &size);
  return padded(bytes_of(std::string_view(bytes, size)), guomi_content_key_size);
}

// The x coordinate of scalar · point on P-256.
Bytes gcrypt_agree(ByteView scalar, ByteView point) {
  gcry_ctx_t curve = nullptr;
  gcry_mpi_t number = nullptr;
  REQUIRE(gcry_mpi_ec_new(&curve, nullptr, "NIST P-256") == 0);
  REQUIRE(gcry_mpi_scan(&number, GCRYMPI_FMT_USG, scalar.data(), scalar.size(), nullptr) == 0);
  gcry_mpi_t encoded =
      gcry_mpi_set_opaque_copy(nullptr, point.data(), static_cast<unsigned>(point.size() * 8));
  gcry_mpi_point_t at = gcry_mpi_point_new(0);
  REQUIRE(gcry_mpi_ec_decode_point(at, encoded, curve) == 0);
  gcry_mpi_ec_mul(at, number, at, curve);
  gcry_mpi_t x = gcry_mpi_new(0);
  REQUIRE(gcry_mpi_ec_get_affine(x, nullptr, at, curve) == 0);
  Bytes out(33);
  std::size_t size = 0;
  REQUIRE(gcry_mpi_print(GCRYMPI_FMT_USG, out.data(), out.size(), &size, x) == 0);
  out.resize(size);
  for (gcry_mpi_t one : {number, encoded, x}) gcry_mpi_release(one);
  gcry_mpi_point_release(at);
  gcry_ctx_release(curve);
  return padded(out);
}

// RFC 9180, base mode, with libgcrypt's HMAC and GCM alone.
Bytes gcrypt_open_hpke(ByteView scalar, ByteView receiver_point, std::string_view info, ByteView aad,
                       ByteView sealed) {
  const Bytes kem = bytes_of(std::string_view("KEM\0\x10", 5));
  const Bytes suite = bytes_of(std::string_view("HPKE\0\x10\0\1\0\2", 10));
  const auto extract = [](ByteView salt, const Bytes& id, std::string_view label, const Bytes& input) {
    return gcrypt_hmac(GCRY_MAC_HMAC_SHA256, salt.empty() ? ByteView(Bytes(32)) : salt,
                       {bytes_of("HPKE-v1"), id, bytes_of(label), input});
  };
  const auto expand = [](const Bytes& key, const Bytes& id, std::string_view label, const Bytes& context,
                         std::uint16_t size) {
    Bytes out = gcrypt_hmac(
        GCRY_MAC_HMAC_SHA256, key,
        {ByteWriter().u16_be(size).take(), bytes_of("HPKE-v1"), id, bytes_of(label), context, Bytes{1}});
    out.resize(size);
    return out;
  };
  const Bytes enc(sealed.begin(), sealed.begin() + point_size);
  Bytes points = enc;
  append(points, receiver_point);
  const Bytes shared =
      expand(extract({}, kem, "eae_prk", gcrypt_agree(scalar, enc)), kem, "shared_secret", points, 32);
  Bytes context = {0};
  append(context, extract({}, suite, "psk_id_hash", {}));
  append(context, extract({}, suite, "info_hash", bytes_of(info)));
  const Bytes secret = extract(shared, suite, "secret", {});
  return gcrypt_decrypt(GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_GCM, expand(secret, suite, "key", context, 32),
                        expand(secret, suite, "base_nonce", context, 12), aad,
                        sealed.subspan(point_size, sealed.size() - seal_overhead), sealed.last(16));
}

}  // namespace

TEST_CASE("libgcrypt agrees: digests, HMAC and SM4-CTR") {
  start_gcrypt();
  for (const std::size_t size : {0U, 1U, 55U, 56U, 64U, 65U, 1000U}) {
    const Bytes bytes = random_bytes(size);
    CHECK(to_hex(Hash("SM3")(bytes)) == to_hex(gcrypt_digest(GCRY_MD_SM3, {bytes})));
    CHECK(to_hex(Hash("SHA2-256")(bytes)) == to_hex(gcrypt_digest(GCRY_MD_SHA256, {bytes})));
    const Bytes key = random_bytes(32);
    CHECK(to_hex(Hmac("SM3")(key, {bytes})) == to_hex(gcrypt_hmac(GCRY_MAC_HMAC_SM3, key, {bytes})));
    CHECK(to_hex(Hmac("SHA2-256")(key, {bytes})) == to_hex(gcrypt_hmac(GCRY_MAC_HMAC_SHA256, key, {bytes})));
    const Bytes iv(16, 0xFF);  // the counter runs over
    Bytes encrypted(size);
    update(Cipher("SM4-CTR").encryption(ByteView(key).first(16), iv).get(), encrypted.data(), bytes);
    CHECK(gcrypt_decrypt(GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_CTR, ByteView(key).first(16), iv, {}, encrypted,
                         {}) == bytes);
  }
}

TEST_CASE("libgcrypt agrees: signatures of both profiles, with the SM2 user ID and not without") {
  start_gcrypt();
  for (int round = 0; round < 8; ++round) {
    const Bytes message = random_bytes(200);
    const auto p256 = PrivateKey::generate();
    Bytes signature = p256.sign(message);
    CHECK(gcrypt_verify_ecdsa(p256.public_point(), message, signature));
    CHECK_FALSE(gcrypt_verify_ecdsa(p256.public_point(), Bytes(200), signature));
    const auto sm2 = PrivateKey::generate(Curve::sm2);
    signature = sm2.sign(message);
    CHECK(gcrypt_verify_sm2(sm2.public_point(), "1234567812345678", message, signature));
    CHECK_FALSE(gcrypt_verify_sm2(sm2.public_point(), "", message, signature));
    CHECK_FALSE(gcrypt_verify_sm2(sm2.public_point(), "1234567812345678", Bytes(200), signature));
  }
}

TEST_CASE("libgcrypt opens what each profile seals") {
  start_gcrypt();
  const Json intl = test::vectors_of("intl-1");
  const Json gm = test::vectors_of("gm-1");
  for (int round = 0; round < 8; ++round) {
    const Bytes plain = random_bytes(300);
    const auto hub = must(PublicKey::from_point(bytes_in(intl["hub_seal_public"])));
    const Bytes sealed = must(Profile::of(hub)->seal(hub, Purpose::record, view_of("id"), plain));
    CHECK(gcrypt_open_hpke(bytes_in(intl["hub_seal_private"]), hub.point(), record::seal_info_record,
                           view_of("id"), sealed) == plain);
  }
  int opened_count = 0;
  for (int round = 0; round < 8; ++round) {
    const Bytes plain = random_bytes(300);
    const auto hub = must(PublicKey::from_point(bytes_in(gm["hub_seal_public"]), Curve::sm2));
    const Bytes sealed = must(Profile::of(hub)->seal(hub, Purpose::record, view_of("id"), plain));
    ByteReader in(sealed);
    const ByteView wrapped = in.take(in.u16_be());
    const ByteView iv = in.take(16);
    const ByteView encrypted = in.take(in.u32_be());
    const Bytes key = gcrypt_decrypt_sm2(bytes_in(gm["hub_seal_private"]), hub.point(), wrapped);
    if (key.empty()) continue;
    ++opened_count;
    CHECK(gcrypt_decrypt(GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_CTR, ByteView(key).first(16), iv, {}, encrypted,
                         {}) == plain);
    const auto sized = [](ByteView part) {
      return ByteWriter().u32_be(static_cast<std::uint32_t>(part.size())).bytes(part).take();
    };
    CHECK(to_hex(in.rest()) ==
          to_hex(gcrypt_hmac(GCRY_MAC_HMAC_SM3, ByteView(key).subspan(16),
                             {sized(view_of("bianmin record gm-1")), sized(view_of("id")), sized(wrapped),
                              sized(iv), sized(encrypted)})));
  }
  CHECK(opened_count >= 4);
}

}  // namespace bianmin::seal

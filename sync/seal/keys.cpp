#include "sync/seal/keys.hpp"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include "sync/seal/openssl.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::seal {

namespace {

constexpr std::size_t pem_size_max = 16 * 1024;
constexpr const char* curve = "P-256";

Error invalid_key(std::string detail) { return {Remedy::refuse, "key.invalid", std::move(detail)}; }

std::shared_ptr<EVP_PKEY> shared(KeyPtr key) { return {key.release(), EVP_PKEY_free}; }

using ParamBuildPtr = std::unique_ptr<OSSL_PARAM_BLD, Freeing<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, Freeing<OSSL_PARAM_free>>;

KeyPtr key_from_parts(int selection, ByteView point, const BIGNUM* scalar) {
  const ParamBuildPtr build(OSSL_PARAM_BLD_new());
  must(build != nullptr);
  must(OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) == 1);
  must(OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) ==
       1);
  if (scalar != nullptr) must(OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1);
  const ParamsPtr params(OSSL_PARAM_BLD_to_param(build.get()));
  const KeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  must(params != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) return nullptr;
  return KeyPtr(key);
}

bool is_p256(const EVP_PKEY* key) {
  char name[32] = {};
  return key != nullptr && EVP_PKEY_get_group_name(key, name, sizeof name, nullptr) == 1 &&
         std::string_view(name) == "prime256v1";
}

Bytes point_of(const EVP_PKEY* key) {
  Bytes out(point_size);
  std::size_t size = 0;
  must(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, out.data(), out.size(), &size) == 1);
  must(size == point_size);
  return out;
}

}  // namespace

Result<PublicKey> PublicKey::from_point(ByteView point) {
  if (point.size() != point_size || point[0] != 4) return invalid_key("not an uncompressed point");
  KeyPtr key = key_from_parts(EVP_PKEY_PUBLIC_KEY, point, nullptr);
  if (key == nullptr) return invalid_key("not on P-256: " + openssl_errors());
  const KeyContextPtr check(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (check == nullptr || EVP_PKEY_public_check(check.get()) != 1)
    return invalid_key("not on P-256: " + openssl_errors());
  return PublicKey(shared(std::move(key)));
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  const BioPtr bio = memory_bio(pem);
  KeyPtr key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  if (!is_p256(key.get())) return invalid_key("no P-256 public key in PEM: " + openssl_errors());
  return PublicKey(shared(std::move(key)));
}

Result<PublicKey> PublicKey::load(const std::filesystem::path& path) {
  auto bytes = read_file(path, pem_size_max);
  if (!bytes) return bytes.error();
  auto key = from_pem(text_of(*bytes));
  if (!key) return invalid_key(path.string() + ": " + key.error().detail);
  return key;
}

Bytes PublicKey::point() const { return point_of(key_.get()); }

std::string PublicKey::pem() const {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  must(bio != nullptr && PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1);
  return bio_text(bio.get());
}

bool PublicKey::verify(ByteView message, ByteView signature) const {
  const DigestPtr context(EVP_MD_CTX_new());
  must(context != nullptr);
  must(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
  const bool good = EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                                     message.size()) == 1;
  if (!good) (void)openssl_errors();
  return good;
}

PrivateKey PrivateKey::generate() {
  KeyPtr key(EVP_EC_gen(curve));
  must(key != nullptr);
  return PrivateKey(shared(std::move(key)));
}

Result<PrivateKey> PrivateKey::from_scalar(ByteView scalar) {
  const BignumPtr number(BN_secure_new());
  const GroupPtr group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  must(number != nullptr && group != nullptr);
  must(BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), number.get()) != nullptr);
  if (scalar.size() != scalar_size || BN_is_zero(number.get()) ||
      BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0) {
    return invalid_key("not a private number of P-256");
  }
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  const PointPtr point(EC_POINT_new(group.get()));
  must(point != nullptr &&
       EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) == 1);
  Bytes encoded(point_size);
  must(EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(),
                          encoded.size(), nullptr) == point_size);
  KeyPtr key = key_from_parts(EVP_PKEY_KEYPAIR, encoded, number.get());
  if (key == nullptr) return invalid_key(openssl_errors());
  return PrivateKey(shared(std::move(key)));
}

Result<PrivateKey> PrivateKey::load(const std::filesystem::path& path) {
  auto bytes = read_file(path, pem_size_max);
  if (!bytes) return bytes.error();
  const BioPtr bio(BIO_new_mem_buf(bytes->data(), static_cast<int>(bytes->size())));
  must(bio != nullptr);
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  wipe(bytes->data(), bytes->size());
  if (!is_p256(key.get())) return invalid_key(path.string() + ": no P-256 private key: " + openssl_errors());
  return PrivateKey(shared(std::move(key)));
}

Result<void> PrivateKey::save(const std::filesystem::path& path) const {
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  must(bio != nullptr &&
       PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  std::string pem = bio_text(bio.get());
  auto written = write_file_durably(path, view_of(pem), 0600);
  wipe(pem.data(), pem.size());
  return written;
}

PublicKey PrivateKey::public_key() const {
  KeyPtr key = key_from_parts(EVP_PKEY_PUBLIC_KEY, public_point(), nullptr);
  must(key != nullptr);
  return PublicKey(shared(std::move(key)));
}

Bytes PrivateKey::public_point() const { return point_of(key_.get()); }

Bytes PrivateKey::sign(ByteView message) const {
  const DigestPtr context(EVP_MD_CTX_new());
  must(context != nullptr &&
       EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
  std::size_t size = 0;
  must(EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) == 1);
  Bytes signature(size);
  must(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1);
  signature.resize(size);
  return signature;
}

Result<SecretBytes> PrivateKey::agree(const PublicKey& other) const {
  const KeyContextPtr context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  must(context != nullptr && EVP_PKEY_derive_init(context.get()) == 1);
  SecretBytes shared_x(scalar_size);
  std::size_t size = shared_x.size();
  // from_point and from_pem have checked the peer already: do not pay for it twice.
  if (EVP_PKEY_derive_set_peer_ex(context.get(), other.handle(), 0) != 1 ||
      EVP_PKEY_derive(context.get(), shared_x.data(), &size) != 1 || size != scalar_size) {
    return invalid_key("no agreement: " + openssl_errors());
  }
  return shared_x;
}

}  // namespace bianmin::seal

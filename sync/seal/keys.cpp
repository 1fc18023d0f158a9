#include "sync/seal/keys.hpp"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <optional>

#include "sync/seal/openssl.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::seal {

namespace {

constexpr std::size_t pem_size_max = 16 * 1024;
constexpr std::string_view sm2_user_id = "1234567812345678";

// What OpenSSL calls a curve and the keys on it.
struct CurveNames {
  const char* key_type;
  const char* group;
  std::string_view group_of_key;  // what a loaded key answers
  int nid;
  // A SubjectPublicKeyInfo (RFC 5480) with the curve's name, up to the uncompressed point.
  std::string_view public_key_head;
};

const CurveNames& names_of(Curve curve) {
  using namespace std::string_view_literals;
  static constexpr CurveNames p256 = {
      "EC", "P-256", "prime256v1", NID_X9_62_prime256v1,
      "\x30\x59\x30\x13\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07\x03\x42\x00"sv};
  static constexpr CurveNames sm2 = {
      "SM2", "SM2", "SM2", NID_sm2,
      "\x30\x59\x30\x13\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x08\x2A\x81\x1C\xCF\x55\x01\x82\x2D\x03\x42\x00"sv};
  return curve == Curve::sm2 ? sm2 : p256;
}

Error invalid_key(std::string detail) { return {Remedy::refuse, "key.invalid", std::move(detail)}; }

std::shared_ptr<EVP_PKEY> shared(KeyPtr key) { return {key.release(), EVP_PKEY_free}; }

using ParamBuildPtr = std::unique_ptr<OSSL_PARAM_BLD, Freeing<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, Freeing<OSSL_PARAM_free>>;

KeyPtr key_from_parts(Curve curve, int selection, ByteView point, const BIGNUM* scalar) {
  const CurveNames& names = names_of(curve);
  const ParamBuildPtr build(OSSL_PARAM_BLD_new());
  must(build != nullptr);
  must(OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, names.group, 0) == 1);
  must(OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) ==
       1);
  if (scalar != nullptr) must(OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1);
  const ParamsPtr params(OSSL_PARAM_BLD_to_param(build.get()));
  const KeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, names.key_type, nullptr));
  must(params != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) return nullptr;
  return KeyPtr(key);
}

std::optional<Curve> curve_of(const EVP_PKEY* key) {
  char name[32] = {};
  if (key == nullptr || EVP_PKEY_get_group_name(key, name, sizeof name, nullptr) != 1) return std::nullopt;
  for (const Curve curve : {Curve::p256, Curve::sm2}) {
    const CurveNames& names = names_of(curve);
    if (name == names.group_of_key && EVP_PKEY_is_a(key, names.key_type) == 1) return curve;
  }
  return std::nullopt;
}

// A context that signs or verifies: `init` is EVP_DigestSignInit_ex or EVP_DigestVerifyInit_ex.
template <typename Init>
DigestPtr signature_context(Init init, EVP_PKEY* key, Curve curve, OSSL_LIB_CTX* library = nullptr) {
  DigestPtr context(EVP_MD_CTX_new());
  must(context != nullptr);
  EVP_PKEY_CTX* settings = nullptr;  // the context's own
  const char* digest = curve == Curve::sm2 ? "SM3" : "SHA2-256";
  const char* provider = library == nullptr ? nullptr : "provider=tpm2";
  must(init(context.get(), &settings, digest, library, provider, key, nullptr) == 1);
  if (curve == Curve::sm2) {
    must(EVP_PKEY_CTX_set1_id(settings, sm2_user_id.data(), static_cast<int>(sm2_user_id.size())) == 1);
  }
  return context;
}

// Instead of OpenSSL's own, which asks whoever sits at the terminal.
int no_password(char*, int, int, void*) { return -1; }

// What the first PEM block of that name holds; empty when there is none.
Bytes der_in_pem(std::string_view pem, const char* name) {
  const BioPtr bio = memory_bio(pem);
  unsigned char* data = nullptr;
  long size = 0;
  if (PEM_bytes_read_bio(&data, &size, nullptr, name, bio.get(), no_password, nullptr) != 1) return {};
  Bytes der(data, data + size);
  OPENSSL_free(data);
  return der;
}

Bytes point_of(const EVP_PKEY* key) {
  Bytes out(point_size);
  std::size_t size = 0;
  must(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, out.data(), out.size(), &size) == 1);
  must(size == point_size);
  return out;
}

}  // namespace

Result<PublicKey> PublicKey::from_point(ByteView point, Curve curve) {
  if (point.size() != point_size || point[0] != 4) return invalid_key("not an uncompressed point");
  KeyPtr key = key_from_parts(curve, EVP_PKEY_PUBLIC_KEY, point, nullptr);
  if (key == nullptr) return invalid_key("not on the curve: " + openssl_errors());
  // Quick: both curves have a prime order, so a point that is on them is in the group.
  const KeyContextPtr check(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (check == nullptr || EVP_PKEY_public_check_quick(check.get()) != 1)
    return invalid_key("not on the curve: " + openssl_errors());
  return PublicKey(shared(std::move(key)), curve);
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  const Bytes der = der_in_pem(pem, PEM_STRING_PUBLIC);
  for (const Curve curve : {Curve::p256, Curve::sm2}) {
    const std::string_view head = names_of(curve).public_key_head;
    if (der.size() == head.size() + point_size && text_of(ByteView(der).first(head.size())) == head)
      return from_point(ByteView(der).subspan(head.size()), curve);
  }
  return invalid_key("no P-256 or SM2 public key in PEM: " + openssl_errors());
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
  const DigestPtr context = signature_context(EVP_DigestVerifyInit_ex, key_.get(), curve_);
  const bool good = EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                                     message.size()) == 1;
  if (!good) (void)openssl_errors();
  return good;
}

PrivateKey PrivateKey::generate(Curve curve) {
  const CurveNames& names = names_of(curve);
  KeyPtr key(curve == Curve::sm2 ? EVP_PKEY_Q_keygen(nullptr, nullptr, names.key_type)
                                 : EVP_EC_gen(names.group));
  must(key != nullptr);
  return PrivateKey(shared(std::move(key)), curve);
}

Result<PrivateKey> PrivateKey::from_scalar(ByteView scalar, Curve curve) {
  const BignumPtr number(BN_secure_new());
  const BignumPtr most(BN_new());
  const GroupPtr group(EC_GROUP_new_by_curve_name(names_of(curve).nid));
  must(number != nullptr && most != nullptr && group != nullptr);
  must(BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), number.get()) != nullptr);
  // An SM2 key must also have an inverse of itself plus one (GB/T 32918.1): one number less.
  const BN_ULONG below_order = curve == Curve::sm2 ? 2 : 1;
  must(BN_copy(most.get(), EC_GROUP_get0_order(group.get())) != nullptr &&
       BN_sub_word(most.get(), below_order) == 1);
  if (scalar.size() != scalar_size || BN_is_zero(number.get()) || BN_cmp(number.get(), most.get()) > 0) {
    return invalid_key("not a private number of the curve");
  }
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  const PointPtr point(EC_POINT_new(group.get()));
  must(point != nullptr &&
       EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) == 1);
  Bytes encoded(point_size);
  must(EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(),
                          encoded.size(), nullptr) == point_size);
  KeyPtr key = key_from_parts(curve, EVP_PKEY_KEYPAIR, encoded, number.get());
  if (key == nullptr) return invalid_key(openssl_errors());
  return PrivateKey(shared(std::move(key)), curve);
}

Result<PrivateKey> PrivateKey::load(const std::filesystem::path& path) {
  auto bytes = read_file(path, pem_size_max);
  if (!bytes) return bytes.error();
  const BioPtr bio = memory_bio({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  wipe(bytes->data(), bytes->size());
  const auto curve = curve_of(key.get());
  if (!curve) return invalid_key(path.string() + ": no P-256 or SM2 private key: " + openssl_errors());
  return PrivateKey(shared(std::move(key)), *curve);
}

Result<PrivateKey> PrivateKey::adopt(std::shared_ptr<EVP_PKEY> key, OSSL_LIB_CTX* library) {
  const auto curve = curve_of(key.get());
  if (!curve) return invalid_key("no key of a profile: " + openssl_errors());
  return PrivateKey(std::move(key), *curve, library);
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
  KeyPtr key = key_from_parts(curve_, EVP_PKEY_PUBLIC_KEY, public_point(), nullptr);
  must(key != nullptr);
  return PublicKey(shared(std::move(key)), curve_);
}

Bytes PrivateKey::public_point() const { return point_of(key_.get()); }

Bytes PrivateKey::sign(ByteView message) const {
  const DigestPtr context = signature_context(EVP_DigestSignInit_ex, key_.get(), curve_, library_);
  std::size_t size = 0;
  must(EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) == 1);
  Bytes signature(size);
  must(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1);
  signature.resize(size);
  return signature;
}

Result<SecretBytes> PrivateKey::agree(const PublicKey& other) const {
  if (curve_ != Curve::p256 || other.curve() != curve_) return invalid_key("no agreement on these curves");
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

#include "sync/seal/test_identity.hpp"

#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <ctime>

#include "sync/seal/digest.hpp"
#include "sync/seal/openssl.hpp"

namespace bianmin::seal {

namespace {

constexpr long version_3 = 2;
constexpr int half_signature_byte_count = 48;
constexpr std::int64_t ms_per_s = 1'000;
constexpr std::int64_t year_ms = std::int64_t{365} * 86'400 * ms_per_s;

std::shared_ptr<EVP_PKEY> new_key(TestKeyKind kind) {
  EVP_PKEY* key = nullptr;
  if (kind == TestKeyKind::p384) key = EVP_EC_gen("P-384");
  if (kind == TestKeyKind::p256) key = EVP_EC_gen("P-256");
  if (kind == TestKeyKind::rsa_1024) key = EVP_RSA_gen(1'024);
  must(key != nullptr);
  return {key, EVP_PKEY_free};
}

CertificatePtr parsed(const Bytes& der) {
  const unsigned char* at = der.data();
  CertificatePtr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  must(certificate != nullptr);
  return certificate;
}

void put(X509_NAME* name, const char* field, const std::string& value) {
  if (value.empty()) return;
  must(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(value.data()),
                                  static_cast<int>(value.size()), -1, 0) == 1);
}

void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  if (value.empty()) return;
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

void put_time(ASN1_TIME* to, std::int64_t utc_ms) {
  must(ASN1_TIME_set(to, static_cast<std::time_t>(utc_ms / ms_per_s)) != nullptr);
}

CertificatePtr blank(EVP_PKEY* key, std::int64_t valid_from_utc_ms, std::int64_t valid_to_utc_ms) {
  CertificatePtr certificate(X509_new());
  must(certificate != nullptr && X509_set_version(certificate.get(), version_3) == 1);
  Bytes serial = random_bytes(16);
  serial[0] = static_cast<std::uint8_t>((serial[0] & 0x7FU) | 0x01U);
  const BignumPtr number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  must(number != nullptr &&
       BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr);
  put_time(X509_getm_notBefore(certificate.get()), valid_from_utc_ms);
  put_time(X509_getm_notAfter(certificate.get()), valid_to_utc_ms);
  must(X509_set_pubkey(certificate.get(), key) == 1);
  put(X509_get_subject_name(certificate.get()), "C", "EE");
  return certificate;
}

// Signs `certificate` with the issuer's key and gives it back in DER.
Bytes finished(X509* certificate, X509* issuer, EVP_PKEY* issuer_key) {
  must(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1);
  must(X509_sign(certificate, issuer_key, EVP_sha384()) > 0);
  unsigned char* encoded = nullptr;
  const int size = i2d_X509(certificate, &encoded);
  must(size > 0);
  Bytes der(encoded, encoded + size);
  OPENSSL_free(encoded);
  return der;
}

void make_authority_of(X509* certificate, X509* issuer, const std::string& name) {
  put(X509_get_subject_name(certificate), "CN", name);
  extend(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE");
  extend(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
  extend(certificate, issuer, NID_subject_key_identifier, "hash");
}

}  // namespace

TestIdentity TestIdentity::root(const std::string& name, std::int64_t valid_from_utc_ms,
                                std::int64_t valid_to_utc_ms) {
  auto key = new_key(TestKeyKind::p384);
  const CertificatePtr certificate = blank(key.get(), valid_from_utc_ms, valid_to_utc_ms);
  make_authority_of(certificate.get(), certificate.get(), name);
  Bytes der = finished(certificate.get(), certificate.get(), key.get());
  return {std::move(key), std::move(der)};
}

TestIdentity TestIdentity::authority(const std::string& name, std::int64_t valid_from_utc_ms,
                                     std::int64_t valid_to_utc_ms) const {
  auto key = new_key(TestKeyKind::p384);
  const CertificatePtr issuer = parsed(der_);
  const CertificatePtr certificate = blank(key.get(), valid_from_utc_ms, valid_to_utc_ms);
  make_authority_of(certificate.get(), issuer.get(), name);
  Bytes der = finished(certificate.get(), issuer.get(), key_.get());
  return {std::move(key), std::move(der)};
}

TestIdentity TestIdentity::issue(const TestCertificateRequest& request) const {
  auto key = new_key(request.key);
  const CertificatePtr issuer = parsed(der_);
  const CertificatePtr certificate = blank(key.get(), request.valid_from_utc_ms, request.valid_to_utc_ms);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  put(name, "CN", request.name);
  put(name, "SN", request.surname);
  put(name, "GN", request.given_name);
  put(name, "serialNumber", request.serial_number);
  extend(certificate.get(), issuer.get(), NID_basic_constraints, "CA:FALSE");
  extend(certificate.get(), issuer.get(), NID_key_usage, request.key_usage);
  extend(certificate.get(), issuer.get(), NID_ext_key_usage, request.extended_key_usage);
  extend(certificate.get(), issuer.get(), NID_subject_key_identifier, "hash");
  extend(certificate.get(), issuer.get(), NID_authority_key_identifier, "keyid");
  Bytes der = finished(certificate.get(), issuer.get(), key_.get());
  return {std::move(key), std::move(der)};
}

std::string TestIdentity::pem() const {
  const CertificatePtr certificate = parsed(der_);
  const BioPtr bio(BIO_new(BIO_s_mem()));
  must(bio != nullptr && PEM_write_bio_X509(bio.get(), certificate.get()) == 1);
  return bio_text(bio.get());
}

Bytes TestIdentity::sign_digest(ByteView digest) const {
  const KeyContextPtr context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  must(context != nullptr && EVP_PKEY_sign_init(context.get()) == 1);
  std::size_t size = 0;
  must(EVP_PKEY_sign(context.get(), nullptr, &size, digest.data(), digest.size()) == 1);
  Bytes encoded(size);
  must(EVP_PKEY_sign(context.get(), encoded.data(), &size, digest.data(), digest.size()) == 1);
  const unsigned char* at = encoded.data();
  ECDSA_SIG* parts = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size));
  must(parts != nullptr);
  Bytes raw(2 * half_signature_byte_count);
  must(BN_bn2binpad(ECDSA_SIG_get0_r(parts), raw.data(), half_signature_byte_count) > 0);
  must(BN_bn2binpad(ECDSA_SIG_get0_s(parts), raw.data() + half_signature_byte_count,
                    half_signature_byte_count) > 0);
  ECDSA_SIG_free(parts);
  return raw;
}

TestEid make_test_eid(std::int64_t utc_ms) {
  const std::int64_t from = utc_ms - year_ms;
  const std::int64_t to = utc_ms + year_ms;
  TestIdentity root = TestIdentity::root("TEST of EE-GovCA", from, to);
  TestIdentity authority = root.authority("TEST of ESTEID", from, to);
  TestCertificateRequest request;
  request.valid_from_utc_ms = from;
  request.valid_to_utc_ms = to;
  TestIdentity authentication = authority.issue(request);
  request.key_usage = "critical,nonRepudiation";
  request.extended_key_usage.clear();
  TestIdentity signing = authority.issue(request);
  return {std::move(root), std::move(authority), std::move(authentication), std::move(signing)};
}

}  // namespace bianmin::seal

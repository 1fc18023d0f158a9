#include "sync/seal/trust_list.hpp"

#include <openssl/ecdsa.h>
#include <openssl/pem.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <vector>

#include "sync/seal/openssl.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::seal {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t pem_byte_max = 256 * 1024;
constexpr std::size_t der_byte_max = 16 * 1024;
constexpr int chain_depth_max = 5;
constexpr int security_level = 2;  // OpenSSL's: nothing below 112 bits, no SHA-1
constexpr std::int64_t ms_per_s = 1'000;
constexpr std::string_view p384 = "secp384r1";

using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, Freeing<X509_STORE_CTX_free>>;
using SignaturePtr = std::unique_ptr<ECDSA_SIG, Freeing<ECDSA_SIG_free>>;

Error refuse(std::string_view code, std::string detail) { return {Remedy::refuse, code, std::move(detail)}; }

Result<CertificatePtr> parse_der(ByteView der) {
  const Error invalid = refuse("certificate.invalid", "no certificate");
  if (der.empty() || der.size() > der_byte_max) return invalid;
  const unsigned char* at = der.data();
  CertificatePtr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  const bool whole = certificate != nullptr && at == der.data() + der.size();
  if (whole && X509_get0_pubkey(certificate.get()) != nullptr) return certificate;
  (void)openssl_errors();
  return invalid;
}

std::string name_part(const X509_NAME* name, int nid) {
  const int at = X509_NAME_get_index_by_NID(name, nid, -1);
  if (at < 0) return {};
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) {
    (void)openssl_errors();
    return {};
  }
  std::string out(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  return out;
}

// Nothing for a time that cannot be.
Result<std::int64_t> utc_ms_of(const ASN1_TIME* time) {
  std::tm parts = {};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    (void)openssl_errors();
    return refuse("certificate.invalid", "no validity");
  }
  return static_cast<std::int64_t>(::timegm(&parts)) * ms_per_s;
}

Result<CertificateSubject> subject_of(const X509* certificate) {
  const X509_NAME* name = X509_get_subject_name(certificate);
  const auto from = utc_ms_of(X509_get0_notBefore(certificate));
  const auto to = utc_ms_of(X509_get0_notAfter(certificate));
  if (!from) return from.error();
  if (!to) return to.error();
  return CertificateSubject{name_part(name, NID_serialNumber),
                            name_part(name, NID_commonName),
                            name_part(name, NID_surname),
                            name_part(name, NID_givenName),
                            name_part(name, NID_countryName),
                            name_part(X509_get_issuer_name(certificate), NID_commonName),
                            *from,
                            *to};
}

// Why a chain does not hold, by OpenSSL's word.
Error chain_error(int reason) {
  const std::string detail = X509_verify_cert_error_string(reason);
  switch (reason) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return refuse("certificate.expired", detail);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return refuse("certificate.not_yet_valid", detail);
    default:
      return refuse("certificate.untrusted", detail);
  }
}

bool made_for(X509* certificate, CardCertificateUse use) {
  if (X509_check_ca(certificate) != 0) return false;
  const std::uint32_t key_usage = X509_get_key_usage(certificate);
  if (key_usage == std::numeric_limits<std::uint32_t>::max()) return false;  // none is said
  if (use == CardCertificateUse::signing) return (key_usage & KU_NON_REPUDIATION) != 0;
  const std::uint32_t extended = X509_get_extended_key_usage(certificate);
  const bool for_clients =
      extended == std::numeric_limits<std::uint32_t>::max() || (extended & XKU_SSL_CLIENT) != 0;
  return (key_usage & KU_DIGITAL_SIGNATURE) != 0 && for_clients;
}

bool signs_itself(X509* certificate) {
  return X509_check_issued(certificate, certificate) == X509_V_OK &&
         X509_verify(certificate, X509_get0_pubkey(certificate)) == 1;
}

}  // namespace

struct TrustList::Certificates {
  Certificates() : roots(X509_STORE_new()) { must(roots != nullptr); }
  StorePtr roots;
  std::vector<CertificatePtr> others;
  std::size_t count = 0;
};

namespace {

// All certificates of one PEM text; the number of them.
Result<std::size_t> add_pem(X509_STORE* roots, std::vector<CertificatePtr>& others, const std::string& pem) {
  const BioPtr bio = memory_bio(pem);
  std::size_t count = 0;
  while (CertificatePtr certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    if (++count > trusted_certificates_max) break;
    if (signs_itself(certificate.get())) {
      must(X509_STORE_add_cert(roots, certificate.get()) == 1);
    } else {
      others.push_back(std::move(certificate));
    }
  }
  (void)openssl_errors();  // the end is an error to the reader of PEM
  if (count == 0) return refuse("certificate.invalid", "no certificate in PEM");
  return count;
}

bool has_roots(X509_STORE* store) {
  const STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(store);
  return sk_X509_OBJECT_num(objects) > 0;
}

}  // namespace

Result<TrustList> TrustList::from_pem(const std::string& pem) {
  auto certificates = std::make_shared<Certificates>();
  const auto count = add_pem(certificates->roots.get(), certificates->others, pem);
  if (!count) return count.error();
  certificates->count = *count;
  if (*count > trusted_certificates_max) return refuse("certificate.too_many", "a list this long is no list");
  if (!has_roots(certificates->roots.get())) return refuse("certificate.none", "none signs itself");
  return TrustList(std::move(certificates));
}

Result<TrustList> TrustList::load(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    const fs::path ending = entry->path().extension();
    if (ending == ".pem" || ending == ".crt") files.push_back(entry->path());
  }
  if (failed) return file_error(folder, failed.value());
  std::sort(files.begin(), files.end());
  std::string all;
  for (const fs::path& file : files) {
    const auto bytes = read_file(file, pem_byte_max);
    if (!bytes) return bytes.error();
    const auto alone = from_pem(text_of(*bytes));
    if (!alone && alone.error().code != "certificate.none") {
      return refuse(alone.error().code, file.filename().string() + ": " + alone.error().detail);
    }
    all += text_of(*bytes);
    all += '\n';
  }
  if (files.empty()) return refuse("certificate.none", "no *.pem and no *.crt");
  return from_pem(all);
}

std::size_t TrustList::size() const { return certificates_->count; }

Result<CertificateSubject> TrustList::check(ByteView der, CardCertificateUse use, std::int64_t utc_ms) const {
  const auto certificate = parse_der(der);
  if (!certificate) return certificate.error();
  const StoreContextPtr context(X509_STORE_CTX_new());
  STACK_OF(X509)* others = sk_X509_new_null();
  must(context != nullptr && others != nullptr);
  for (const CertificatePtr& other : certificates_->others) must(sk_X509_push(others, other.get()) > 0);
  must(X509_STORE_CTX_init(context.get(), certificates_->roots.get(), certificate->get(), others) == 1);
  X509_VERIFY_PARAM* wanted = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(wanted, static_cast<std::time_t>(utc_ms / ms_per_s));
  X509_VERIFY_PARAM_set_depth(wanted, chain_depth_max);
  X509_VERIFY_PARAM_set_auth_level(wanted, security_level);
  const bool holds = X509_verify_cert(context.get()) == 1;
  const int reason = X509_STORE_CTX_get_error(context.get());
  sk_X509_free(others);
  (void)openssl_errors();
  if (!holds) return chain_error(reason);
  if (!made_for(certificate->get(), use)) return refuse("certificate.wrong_use", "not made for this");
  return subject_of(certificate->get());
}

Result<CertificateSubject> read_certificate_subject(ByteView der) {
  const auto certificate = parse_der(der);
  if (!certificate) return certificate.error();
  return subject_of(certificate->get());
}

Result<void> verify_digest_signature(ByteView certificate_der, ByteView digest, ByteView signature) {
  const auto certificate = parse_der(certificate_der);
  if (!certificate) return certificate.error();
  EVP_PKEY* key = X509_get0_pubkey(certificate->get());
  char group[32] = {};
  std::size_t group_size = 0;
  const bool right_kind = EVP_PKEY_get_group_name(key, group, sizeof group, &group_size) == 1 &&
                          std::string_view(group, group_size) == p384;
  if (!right_kind) {
    (void)openssl_errors();
    return refuse("certificate.invalid", "no key on P-384");
  }
  const Error bad = refuse("signature.invalid", "not made by this key");
  if (digest.size() != sha384_byte_count || signature.size() != raw_p384_signature_byte_count) return bad;
  constexpr int half = static_cast<int>(raw_p384_signature_byte_count) / 2;
  const SignaturePtr parts(ECDSA_SIG_new());
  must(parts != nullptr);
  BIGNUM* r = BN_bin2bn(signature.data(), half, nullptr);
  BIGNUM* s = BN_bin2bn(signature.data() + half, half, nullptr);
  must(r != nullptr && s != nullptr && ECDSA_SIG_set0(parts.get(), r, s) == 1);
  unsigned char* encoded = nullptr;
  const int encoded_size = i2d_ECDSA_SIG(parts.get(), &encoded);
  must(encoded_size > 0);
  const KeyContextPtr context(EVP_PKEY_CTX_new(key, nullptr));
  must(context != nullptr && EVP_PKEY_verify_init(context.get()) == 1);
  const bool good = EVP_PKEY_verify(context.get(), encoded, static_cast<std::size_t>(encoded_size),
                                    digest.data(), digest.size()) == 1;
  OPENSSL_free(encoded);
  if (good) return {};
  (void)openssl_errors();
  return bad;
}

}  // namespace bianmin::seal

#include "sync/seal/certificates.hpp"

#include <openssl/core_names.h>
#include <openssl/pem.h>

#include <ctime>

#include "sync/seal/digest.hpp"
#include "sync/seal/openssl.hpp"

namespace bianmin::seal {

namespace {

constexpr long version_3 = 2;
constexpr long backdate_s = 3600;  // a terminal whose clock runs late still connects
constexpr long day_s = 86400;

Error invalid(std::string detail) { return {Remedy::refuse, "certificate.invalid", std::move(detail)}; }

CertificatePtr blank(const std::string& name, std::int64_t valid_s, EVP_PKEY* key) {
  CertificatePtr certificate(X509_new());
  must(certificate != nullptr && X509_set_version(certificate.get(), version_3) == 1);
  Bytes serial = random_bytes(16);
  serial[0] &= 0x7F;
  const BignumPtr number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  must(number != nullptr &&
       BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr);
  must(X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -backdate_s) != nullptr);
  must(X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_s) != nullptr);
  must(X509_set_pubkey(certificate.get(), key) == 1);
  must(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(name.data()),
                                  static_cast<int>(name.size()), -1, 0) == 1);
  return certificate;
}

bool extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) return false;
  const bool added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

std::string pem_of(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  must(bio != nullptr && PEM_write_bio_X509(bio.get(), certificate) == 1);
  return bio_text(bio.get());
}

std::int64_t moment_ms(const ASN1_TIME* time) {
  std::tm parts{};
  must(ASN1_TIME_to_tm(time, &parts) == 1);
  return static_cast<std::int64_t>(::timegm(&parts)) * 1000;
}

// Only what a host name may hold, so that no name can smuggle another extension value in.
bool valid_host(const std::string& host) {
  return !host.empty() && host.size() <= 253 &&
         host.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:") ==
             std::string::npos;
}

}  // namespace

Result<CertificateFacts> read_certificate(const std::string& pem, const std::string& authority_pem) {
  const BioPtr bio = memory_bio(pem);
  const CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  const BioPtr authority_bio = memory_bio(authority_pem);
  const CertificatePtr authority(PEM_read_bio_X509(authority_bio.get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr || authority == nullptr) return invalid("no certificate: " + openssl_errors());
  if (X509_verify(certificate.get(), X509_get0_pubkey(authority.get())) != 1) {
    return invalid("not signed by this authority: " + openssl_errors());
  }
  CertificateFacts facts{common_name(certificate.get()), moment_ms(X509_get0_notBefore(certificate.get())),
                         moment_ms(X509_get0_notAfter(certificate.get())), Bytes(point_size)};
  std::size_t size = 0;
  const EVP_PKEY* key = X509_get0_pubkey(certificate.get());
  const bool read =
      key != nullptr && EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, facts.point.data(),
                                                        facts.point.size(), &size) == 1;
  if (!read || size != point_size) return invalid("its key is not of P-256");
  return facts;
}

std::string make_authority(const PrivateKey& key, const std::string& name) {
  const CertificatePtr certificate = blank(name, authority_days * day_s, key.handle());
  must(X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) == 1);
  must(extend(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0"));
  must(extend(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign"));
  must(extend(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash"));
  must(X509_sign(certificate.get(), key.handle(), EVP_sha256()) > 0);
  return pem_of(certificate.get());
}

Result<std::string> issue_certificate(const std::string& authority_pem, const PrivateKey& authority_key,
                                      const PublicKey& subject_key, const CertificateRequest& request) {
  const BioPtr bio = memory_bio(authority_pem);
  const CertificatePtr authority(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (authority == nullptr) return invalid("the authority's certificate is none: " + openssl_errors());
  const std::int64_t valid_s = request.seconds != 0 ? request.seconds : request.days * day_s;
  const CertificatePtr certificate = blank(request.name, valid_s, subject_key.handle());
  must(X509_set_issuer_name(certificate.get(), X509_get_subject_name(authority.get())) == 1);
  const bool server = request.use == CertificateUse::server;
  must(extend(certificate.get(), authority.get(), NID_basic_constraints, "critical,CA:FALSE"));
  must(extend(certificate.get(), authority.get(), NID_key_usage, "critical,digitalSignature"));
  must(extend(certificate.get(), authority.get(), NID_ext_key_usage, server ? "serverAuth" : "clientAuth"));
  must(extend(certificate.get(), authority.get(), NID_authority_key_identifier, "keyid"));
  std::string names;
  for (const std::string& host : request.hosts) {
    if (!valid_host(host)) return invalid("malformed host name");
    if (!names.empty()) names += ',';
    names += (is_ip_address(host) ? "IP:" : "DNS:") + host;
  }
  if (!names.empty() && !extend(certificate.get(), authority.get(), NID_subject_alt_name, names)) {
    return invalid("host names: " + openssl_errors());
  }
  must(X509_sign(certificate.get(), authority_key.handle(), EVP_sha256()) > 0);
  return pem_of(certificate.get());
}

}  // namespace bianmin::seal

// Whom to believe about a certificate that a card shows: the roots and intermediate authorities that an
// operator has put into a folder.
//
// Offline: revocation is not looked at, by list or by question. Who needs to know asks the issuer later, from
// the hub's side.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::seal {

constexpr std::size_t trusted_certificates_max = 64;  // of one folder
constexpr std::size_t sha384_byte_count = 48;
constexpr std::size_t raw_p384_signature_byte_count = 96;

enum class CardCertificateUse { authentication, signing };

// Whom a certificate names. Personal data: never logged.
struct CertificateSubject {
  std::string serial_number;  // "PNOEE-38001085718"
  std::string common_name;
  std::string surname;
  std::string given_name;
  std::string country;
  std::string issuer;  // its common name
  std::int64_t valid_from_utc_ms = 0;
  std::int64_t valid_to_utc_ms = 0;
};

// Thread-safe once made; copies share what was loaded.
class TrustList {
 public:
  // Every *.pem and *.crt of the folder, each with one certificate or more; of these only those that sign
  // themselves are believed by themselves. Errors: those of read_file, "certificate.invalid" (a file that
  // holds none), "certificate.none" (not one that signs itself), "certificate.too_many".
  static Result<TrustList> load(const std::filesystem::path& folder);
  static Result<TrustList> from_pem(const std::string& pem);

  // Whether the chain from this certificate (DER) ends at a root of the list, all of it valid at `utc_ms`,
  // and the certificate is made for that use: for authentication by digital signatures, for signing by
  // non-repudiation. Errors, refuse: "certificate.invalid", "certificate.expired",
  // "certificate.not_yet_valid", "certificate.untrusted", "certificate.wrong_use".
  Result<CertificateSubject> check(ByteView der, CardCertificateUse use, std::int64_t utc_ms) const;
  std::size_t size() const;

 private:
  struct Certificates;
  explicit TrustList(std::shared_ptr<const Certificates> certificates)
      : certificates_(std::move(certificates)) {}
  std::shared_ptr<const Certificates> certificates_;
};

// Unverified. Error "certificate.invalid".
Result<CertificateSubject> read_certificate_subject(ByteView der);

// Whether the certificate's P-384 key made this signature (r and s, big-endian, one after the other) over a
// SHA-384 digest. Errors, refuse: "certificate.invalid" (none, or another kind of key), "signature.invalid".
Result<void> verify_digest_signature(ByteView certificate_der, ByteView digest, ByteView signature);

}  // namespace bianmin::seal

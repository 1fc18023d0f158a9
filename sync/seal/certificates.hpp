// X.509 certificates for the connection between agent and hub, made by the hub's own small authority.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sync/seal/keys.hpp"

namespace bianmin::seal {

constexpr int authority_days = 3650;
constexpr int server_days = 825;
constexpr int terminal_days = 90;  // a stolen identity dies by itself

enum class CertificateUse { server, client };

struct CertificateRequest {
  std::string name;  // common name; for a terminal its id
  CertificateUse use = CertificateUse::client;
  std::vector<std::string> hosts = {};  // DNS names and IP addresses, for a server
  int days = terminal_days;
  std::int64_t seconds = 0;  // instead of days, when not 0
};

struct CertificateFacts {
  std::string name;  // common name
  std::int64_t from_utc_ms = 0;
  std::int64_t until_utc_ms = 0;
  Bytes point;  // the public key's
};

// PEM. The authority signs itself and may sign only leaves.
std::string make_authority(const PrivateKey& key, const std::string& name);

// PEM. Error "certificate.invalid" when the authority's PEM is none or a host name is malformed.
Result<std::string> issue_certificate(const std::string& authority_pem, const PrivateKey& authority_key,
                                      const PublicKey& subject_key, const CertificateRequest& request);

// Error "certificate.invalid": no certificate of a P-256 key, or not signed by that authority. Says nothing
// of the time.
Result<CertificateFacts> read_certificate(const std::string& pem, const std::string& authority_pem);

}  // namespace bianmin::seal

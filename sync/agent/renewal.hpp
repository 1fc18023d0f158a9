// The agent's own certificate: which one is in use, when it needs another, and how that takes its place.
//
// Enrolment leaves tls.key and tls.crt. A renewed pair stands in a folder of its own, and the link "tls"
// names it: changing a link is one step, so at every moment a whole pair is in use. Each renewal makes a new
// key, so that a copy of the old one dies with its certificate.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "sync/seal/certificates.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::agent {

constexpr std::size_t pem_file_size_max = 16 * 1024;

struct TlsPair {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

// The pair in use.
TlsPair tls_pair(const std::filesystem::path& enrolment);

// Thread-bound. `random` gives any number: it spreads renewals, so that terminals enrolled on one day do not
// all come on one day.
class Renewal {
 public:
  // Errors: those of read_file, "certificate.invalid".
  static Result<Renewal> load(const std::filesystem::path& enrolment, const std::string& terminal_id,
                              const std::function<std::uint32_t()>& random);

  bool due(std::int64_t now_utc_ms) const { return now_utc_ms >= due_utc_ms_; }
  bool expired(std::int64_t now_utc_ms) const { return now_utc_ms >= facts_.until_utc_ms; }

  // The body of a request, with a key that is made now and kept in memory until install().
  Bytes request();
  // Puts the certificate of the reply, and the key, in the place of those in use. Errors: "renew.not_asked",
  // "renew.not_ours" (another name or key, or it ends before the one in use),
  // "certificate.invalid", those of files: then the old pair is still in use.
  Result<void> install(ByteView reply);

 private:
  Renewal(std::filesystem::path enrolment, std::string terminal_id, std::string authority_pem)
      : enrolment_(std::move(enrolment)),
        terminal_id_(std::move(terminal_id)),
        authority_pem_(std::move(authority_pem)) {}
  Result<void> read_pair(std::uint32_t number);
  Result<void> link_to(const std::string& folder);

  std::filesystem::path enrolment_;
  std::string terminal_id_;
  std::string authority_pem_;
  seal::CertificateFacts facts_;
  std::int64_t due_utc_ms_ = 0;
  std::uint32_t spread_ = 0;
  std::optional<seal::PrivateKey> new_key_;
};

}  // namespace bianmin::agent

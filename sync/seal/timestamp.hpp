// Time stamps of RFC 3161: somebody else's word that a digest was there at a time.
//
// Bytes in, bytes out; who carries them is not this folder's part. The digest is SHA-256 in every profile,
// because that is what authorities take. A stamp is judged by the authority's certificate at the time it
// names, so that it still holds when that has expired; nothing is known of revocation.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "sync/seal/digest.hpp"
#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::seal {

constexpr std::size_t stamp_response_size_max = 16 * 1024;
constexpr std::size_t stamp_nonce_size = 8;

struct StampRequest {
  Bytes der;  // a TimeStampReq that asks for the certificates, too
  Digest digest{};
  Bytes nonce;
};

// Over SHA-256 of `message`. `policy`: an OID in dots, or empty: the authority's own. Error
// "stamp.bad_policy" (refuse).
Result<StampRequest> make_stamp_request(ByteView message, const std::string& policy = {});

// The roots that time stamp authorities are believed from. Thread-safe; copies share what was loaded.
class StampTrust {
 public:
  // PEM, one certificate or more. Errors: "certificate.invalid", those of read_file.
  static Result<StampTrust> from_pem(const std::string& pem);
  static Result<StampTrust> load(const std::filesystem::path& path);

  struct Roots;
  const Roots& roots() const { return *roots_; }  // for this folder

 private:
  explicit StampTrust(std::shared_ptr<const Roots> roots) : roots_(std::move(roots)) {}
  std::shared_ptr<const Roots> roots_;
};

// What a stamp has to be about.
struct StampDemand {
  Digest digest{};
  Bytes nonce = {};         // empty: it is not known any more
  std::string policy = {};  // empty: any
  std::int64_t earliest_utc_ms = 0;
  std::int64_t latest_utc_ms = INT64_MAX;
};

struct Stamp {
  std::int64_t utc_ms = 0;
  std::string policy;  // OID in dots
  std::string serial;  // hexadecimal
  bool operator==(const Stamp&) const = default;
};

// `response` is a whole TimeStampResp in DER. Errors:
//   "stamp.invalid"        refuse       no such response, or something behind it
//   "stamp.not_granted"    retry later  the authority says no; the detail has its words
//   "stamp.other_data"     refuse       over another digest, or another kind of digest
//   "stamp.other_nonce"    refuse       the answer to another question
//   "stamp.other_policy"   refuse
//   "stamp.bad_time"       refuse       outside of what is demanded
//   "stamp.weak"           refuse       signed over a digest that is broken
//   "stamp.untrusted"      refuse       a signature that does not hold, or no chain to a root of the list
Result<Stamp> check_stamp(ByteView response, const StampDemand& demand, const StampTrust& trust);

}  // namespace bianmin::seal

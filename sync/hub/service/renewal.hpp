// Gives terminals that are let in a new certificate before the old one ends.
#pragma once

#include <filesystem>

#include "sync/database/database.hpp"
#include "sync/seal/certificates.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

struct Authority {
  std::string certificate_pem;
  seal::PrivateKey key;
};

// ca.crt and ca.key of the hub's folder.
Result<Authority> load_authority(const std::filesystem::path& folder);

// Thread-bound. Borrows everything.
class Renewal {
 public:
  Renewal(const Authority& authority, database::Database& database, const Clock& clock)
      : authority_(authority), database_(database), clock_(clock) {}

  // `terminal_id`: who the certificate says is talking; it gets another in the same name, for the key in the
  // request. The old one stays good until it ends: the reply may get lost. An operator event. Errors
  // (refuse): "hub.bad_request", "hub.bad_proof" (whoever asks does not have that key); those of
  // database::Database.
  Result<Bytes> renew(std::string_view terminal_id, ByteView request);

 private:
  const Authority& authority_;
  database::Database& database_;
  const Clock& clock_;
};

}  // namespace bianmin::hub

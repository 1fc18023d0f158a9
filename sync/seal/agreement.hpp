// A private key on P-256 that agrees with others, wherever it is.
#pragma once

#include "sync/seal/keys.hpp"

namespace bianmin::seal {

// Thread-safe. Implementations: custody::TokenKey; a PrivateKey does the same by itself.
class Agreement {
 public:
  virtual ~Agreement() = default;
  virtual const PublicKey& public_key() const = 0;
  // ECDH: the x coordinate, 32 bytes. Blocks for as long as its place takes. Errors: "key.invalid" (refuse),
  // and, retry later, that its place is away.
  virtual Result<SecretBytes> agree(const PublicKey& other) const = 0;
};

}  // namespace bianmin::seal

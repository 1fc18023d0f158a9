// Sealing to a public key: HPKE (RFC 9180) in base mode, one message per context, with
// DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM. Only the owner of the private key can open.
//
// Thread-safe. It says nothing about who sealed: that is the signature's part.
#pragma once

#include "sync/seal/keys.hpp"

namespace bianmin::seal {

// enc (65 bytes) followed by the ciphertext and its tag (16 bytes).
constexpr std::size_t seal_overhead = 65 + 16;

enum class Aead { aes_128_gcm, aes_256_gcm };  // the project uses the second; the RFC's vectors use both

Result<Bytes> seal_to(const PublicKey& receiver, std::string_view info, ByteView aad, ByteView plain);
// Error "seal.cannot_open": another key, another purpose, or changed bytes; which one cannot be told.
Result<SecretBytes> open_with(const PrivateKey& receiver, std::string_view info, ByteView aad,
                              ByteView sealed);

// The same with everything chosen by the caller. Only for the published vectors: an ephemeral key must never
// seal twice.
Result<Bytes> seal_with_ephemeral(Aead aead, const PrivateKey& ephemeral, const PublicKey& receiver,
                                  std::string_view info, ByteView aad, ByteView plain);
Result<SecretBytes> open_with_aead(Aead aead, const PrivateKey& receiver, std::string_view info, ByteView aad,
                                   ByteView sealed);

}  // namespace bianmin::seal

// Sealing to a public key: HPKE (RFC 9180) in base mode, one message per context, with
// DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM. Only the owner of the private key can open.
//
// Thread-safe. It says nothing about who sealed: that is the signature's part.
#pragma once

#include "sync/seal/agreement.hpp"

namespace bianmin::seal {

// enc (65 bytes) followed by the ciphertext and its tag (16 bytes).
constexpr std::size_t seal_overhead = 65 + 16;

enum class Aead { aes_128_gcm, aes_256_gcm };  // the project uses the second; the RFC's vectors use both

// All of one sealing that does not need the message. The nonce stands for one message: a context must never
// seal twice.
struct HpkeContext {
  Bytes enc;
  SecretBytes key;
  SecretBytes nonce;
};

class Hpke {
 public:
  explicit Hpke(Aead aead = Aead::aes_256_gcm);
  ~Hpke();
  Hpke(const Hpke&) = delete;
  Hpke& operator=(const Hpke&) = delete;

  // Error "key.invalid". An ephemeral key must never serve twice.
  Result<HpkeContext> prepare(const PrivateKey& ephemeral, const PublicKey& receiver,
                              std::string_view info) const;
  Bytes seal(const HpkeContext& context, ByteView aad, ByteView plain) const;
  // Error "seal.cannot_open": another key, another purpose, or changed bytes; which one cannot be told.
  Result<SecretBytes> open(const PrivateKey& receiver, std::string_view info, ByteView aad,
                           ByteView sealed) const;
  // The same with a key that is elsewhere; its own errors of the kind "retry later", too.
  Result<SecretBytes> open(const Agreement& receiver, std::string_view info, ByteView aad,
                           ByteView sealed) const;

 private:
  struct Algorithms;
  template <typename Key>
  Result<SecretBytes> open_with_any(const Key& receiver, const Bytes& receiver_point, std::string_view info,
                                    ByteView aad, ByteView sealed) const;
  HpkeContext key_schedule(Bytes enc, ByteView shared_secret, std::string_view info) const;
  SecretBytes shared_secret(ByteView dh, ByteView enc, ByteView receiver_point) const;
  std::unique_ptr<const Algorithms> algorithms_;
};

// One sealing to a P-256 key, and its opening, without a profile.
Result<Bytes> seal_to(const PublicKey& receiver, std::string_view info, ByteView aad, ByteView plain);
Result<SecretBytes> open_with(const PrivateKey& receiver, std::string_view info, ByteView aad,
                              ByteView sealed);

}  // namespace bianmin::seal

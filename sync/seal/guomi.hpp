// Sealing to an SM2 key, as the profile gm-1 does it. OpenSSL 3.0 has no SM4 that authenticates, so it is
// encrypt-then-MAC:
//
//   sealed = u16 size, wrapped key | 16 bytes IV | u32 size, ciphertext | 32 bytes tag
//
// Numbers are big-endian. The wrapped key is the DER of an SM2 encryption (GM/T 0009: SEQUENCE { x, y, C3,
// C2 }) of 48 fresh random bytes: 16 for SM4-CTR, then 32 for HMAC-SM3. The tag is over info, aad, wrapped
// key, IV and ciphertext, in this order, each behind its size as u32.
//
// Thread-safe. It says nothing about who sealed: that is the signature's part.
#pragma once

#include "sync/seal/keys.hpp"

namespace bianmin::seal {

constexpr std::size_t guomi_content_key_size = 48;
constexpr std::size_t guomi_iv_size = 16;

// All of one sealing that does not need the message; it must never seal twice.
struct GuomiContext {
  SecretBytes key;  // 48 bytes
  Bytes wrapped_key;
  Bytes iv;
};

class Guomi {
 public:
  Guomi();
  ~Guomi();
  Guomi(const Guomi&) = delete;
  Guomi& operator=(const Guomi&) = delete;

  Result<GuomiContext> prepare(const PublicKey& receiver) const;  // error "key.invalid": not on the SM2 curve
  Bytes seal(const GuomiContext& context, std::string_view info, ByteView aad, ByteView plain) const;
  // Error "seal.cannot_open": another key, another purpose, or changed bytes; which one cannot be told.
  Result<SecretBytes> open(const PrivateKey& receiver, std::string_view info, ByteView aad,
                           ByteView sealed) const;

 private:
  struct Algorithms;
  std::unique_ptr<const Algorithms> algorithms_;
};

}  // namespace bianmin::seal

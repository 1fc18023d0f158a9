// Algorithms of OpenSSL, looked up once and used often: looking up costs as much as a short message.
// Private to this folder. Thread-safe once made.
#pragma once

#include <initializer_list>
#include <optional>

#include "sync/seal/digest.hpp"
#include "sync/seal/openssl.hpp"
#include "terminal/base/bytes.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::seal {

using MdPtr = std::unique_ptr<EVP_MD, Freeing<EVP_MD_free>>;
using MacContextPtr = std::unique_ptr<EVP_MAC_CTX, Freeing<EVP_MAC_CTX_free>>;
using CipherAlgorithmPtr = std::unique_ptr<EVP_CIPHER, Freeing<EVP_CIPHER_free>>;

constexpr std::size_t digest_size = 32;  // of SHA-256 and of SM3

class Hash {
 public:
  explicit Hash(const char* name);  // of 32 bytes
  Digest operator()(ByteView bytes) const;

 private:
  MdPtr algorithm_;
};

class Hmac {
 public:
  explicit Hmac(const char* hash_name);  // of 32 bytes
  SecretBytes operator()(ByteView key, std::initializer_list<ByteView> parts) const;

 private:
  MacContextPtr pattern_;
};

class Cipher {
 public:
  explicit Cipher(const char* name);
  CipherPtr encryption(ByteView key, ByteView iv) const { return context(key, iv, 1); }
  CipherPtr decryption(ByteView key, ByteView iv) const { return context(key, iv, 0); }

 private:
  CipherPtr context(ByteView key, ByteView iv, int encrypt) const;
  CipherAlgorithmPtr algorithm_;
};

// Runs `in` through the cipher; `out` has as many bytes, or is null for data that is only authenticated.
void update(EVP_CIPHER_CTX* cipher, std::uint8_t* out, ByteView in);

// AES-GCM: ciphertext and tag, one behind the other. A key and a nonce must never meet a second message.
constexpr std::size_t gcm_tag_size = 16;
Bytes gcm_encrypt(const Cipher& cipher, ByteView key, ByteView nonce, ByteView aad, ByteView plain);
std::optional<SecretBytes> gcm_decrypt(const Cipher& cipher, ByteView key, ByteView nonce, ByteView aad,
                                       ByteView sealed);  // nothing: another key, or changed bytes

}  // namespace bianmin::seal

#include "sync/seal/algorithms.hpp"

#include <openssl/core_names.h>

namespace bianmin::seal {

Hash::Hash(const char* name) : algorithm_(EVP_MD_fetch(nullptr, name, nullptr)) {
  must(algorithm_ != nullptr && EVP_MD_get_size(algorithm_.get()) == static_cast<int>(digest_size));
}

Digest Hash::operator()(ByteView bytes) const {
  Digest digest{};
  must(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, algorithm_.get(), nullptr) == 1);
  return digest;
}

Hmac::Hmac(const char* hash_name) {
  EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
  pattern_.reset(EVP_MAC_CTX_new(algorithm));
  EVP_MAC_free(algorithm);
  must(pattern_ != nullptr);
  std::string name = hash_name;
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), name.size()),
      OSSL_PARAM_construct_end()};
  const std::uint8_t any_key = 0;  // a context without a key cannot be copied
  must(EVP_MAC_init(pattern_.get(), &any_key, 1, params) == 1);
  must(EVP_MAC_CTX_get_mac_size(pattern_.get()) == digest_size);
}

SecretBytes Hmac::operator()(ByteView key, std::initializer_list<ByteView> parts) const {
  const MacContextPtr context(EVP_MAC_CTX_dup(pattern_.get()));
  static constexpr std::uint8_t empty_key = 0;
  must(context != nullptr &&
       EVP_MAC_init(context.get(), key.empty() ? &empty_key : key.data(), key.size(), nullptr) == 1);
  for (const ByteView part : parts) must(EVP_MAC_update(context.get(), part.data(), part.size()) == 1);
  SecretBytes out(digest_size);
  std::size_t size = 0;
  must(EVP_MAC_final(context.get(), out.data(), &size, out.size()) == 1 && size == digest_size);
  return out;
}

Cipher::Cipher(const char* name) : algorithm_(EVP_CIPHER_fetch(nullptr, name, nullptr)) {
  must(algorithm_ != nullptr);
}

CipherPtr Cipher::context(ByteView key, ByteView iv, int encrypt) const {
  CipherPtr cipher(EVP_CIPHER_CTX_new());
  must(static_cast<int>(key.size()) == EVP_CIPHER_get_key_length(algorithm_.get()) &&
       static_cast<int>(iv.size()) == EVP_CIPHER_get_iv_length(algorithm_.get()));
  must(cipher != nullptr &&
       EVP_CipherInit_ex2(cipher.get(), algorithm_.get(), key.data(), iv.data(), encrypt, nullptr) == 1);
  return cipher;
}

void update(EVP_CIPHER_CTX* cipher, std::uint8_t* out, ByteView in) {
  int size = 0;
  if (!in.empty()) must(EVP_CipherUpdate(cipher, out, &size, in.data(), static_cast<int>(in.size())) == 1);
}

Bytes gcm_encrypt(const Cipher& cipher, ByteView key, ByteView nonce, ByteView aad, ByteView plain) {
  const CipherPtr context = cipher.encryption(key, nonce);
  Bytes out(plain.size() + gcm_tag_size);
  update(context.get(), nullptr, aad);
  update(context.get(), out.data(), plain);
  std::uint8_t* tag = out.data() + plain.size();
  int size = 0;
  must(EVP_CipherFinal_ex(context.get(), tag, &size) == 1);
  must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, gcm_tag_size, tag) == 1);
  return out;
}

std::optional<SecretBytes> gcm_decrypt(const Cipher& cipher, ByteView key, ByteView nonce, ByteView aad,
                                       ByteView sealed) {
  if (sealed.size() < gcm_tag_size) return std::nullopt;
  const CipherPtr context = cipher.decryption(key, nonce);
  const ByteView encrypted = sealed.first(sealed.size() - gcm_tag_size);
  SecretBytes plain(encrypted.size());
  update(context.get(), nullptr, aad);
  update(context.get(), plain.data(), encrypted);
  Bytes tag(sealed.end() - gcm_tag_size, sealed.end());
  must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, gcm_tag_size, tag.data()) == 1);
  std::uint8_t none = 0;
  int size = 0;
  if (EVP_CipherFinal_ex(context.get(), &none, &size) == 1) return plain;
  (void)openssl_errors();
  return std::nullopt;
}

}  // namespace bianmin::seal

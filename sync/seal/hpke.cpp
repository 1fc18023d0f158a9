#include "sync/seal/hpke.hpp"

#include <openssl/hmac.h>

#include "sync/seal/openssl.hpp"

namespace bianmin::seal {

namespace {

constexpr std::size_t hash_size = 32;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;

// Suite identifiers of RFC 9180 §4.1 and §5.1: kem 0x0010, kdf 0x0001, aead 0x0001 or 0x0002.
const Bytes kem_suite = {'K', 'E', 'M', 0x00, 0x10};

Bytes hpke_suite(Aead aead) {
  return {'H',  'P',  'K',  'E',  0x00,
          0x10, 0x00, 0x01, 0x00, static_cast<std::uint8_t>(aead == Aead::aes_128_gcm ? 1 : 2)};
}

SecretBytes hmac(ByteView key, ByteView message) {
  SecretBytes out(hash_size);
  unsigned size = 0;
  static constexpr std::uint8_t empty_key = 0;
  must(HMAC(EVP_sha256(), key.empty() ? &empty_key : key.data(), static_cast<int>(key.size()), message.data(),
            message.size(), out.data(), &size) != nullptr);
  return out;
}

void add(SecretBytes& to, ByteView more) { to.insert(to.end(), more.begin(), more.end()); }

// RFC 9180 §4: LabeledExtract and LabeledExpand over HKDF (RFC 5869).
SecretBytes labeled_extract(ByteView salt, ByteView suite, std::string_view label, ByteView key_material) {
  SecretBytes input;
  add(input, view_of("HPKE-v1"));
  add(input, suite);
  add(input, view_of(label));
  add(input, key_material);
  return hmac(salt, input);
}

SecretBytes labeled_expand(ByteView key, ByteView suite, std::string_view label, ByteView info,
                           std::size_t size) {
  SecretBytes input = {static_cast<std::uint8_t>(size >> 8U), static_cast<std::uint8_t>(size)};
  add(input, view_of("HPKE-v1"));
  add(input, suite);
  add(input, view_of(label));
  add(input, info);
  input.push_back(1);  // one block of HKDF is enough: nothing here is longer than a hash
  SecretBytes out = hmac(key, input);
  out.resize(size);
  return out;
}

SecretBytes kem_shared_secret(ByteView dh, ByteView enc, ByteView receiver_point) {
  Bytes context(enc.begin(), enc.end());
  append(context, receiver_point);
  const SecretBytes prk = labeled_extract({}, kem_suite, "eae_prk", dh);
  return labeled_expand(prk, kem_suite, "shared_secret", context, hash_size);
}

struct Context {
  SecretBytes key;
  SecretBytes nonce;
};

// RFC 9180 §5.1, mode base: no PSK. One message per context, so the nonce is the base nonce.
Context key_schedule(Aead aead, ByteView shared_secret, std::string_view info) {
  const Bytes suite = hpke_suite(aead);
  SecretBytes context = {0};
  add(context, labeled_extract({}, suite, "psk_id_hash", {}));
  add(context, labeled_extract({}, suite, "info_hash", view_of(info)));
  const SecretBytes secret = labeled_extract(shared_secret, suite, "secret", {});
  return {labeled_expand(secret, suite, "key", context, aead == Aead::aes_128_gcm ? 16 : 32),
          labeled_expand(secret, suite, "base_nonce", context, nonce_size)};
}

const EVP_CIPHER* cipher_of(Aead aead) {
  return aead == Aead::aes_128_gcm ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
}

Bytes encrypt(Aead aead, const Context& context, ByteView aad, ByteView plain) {
  const CipherPtr cipher(EVP_CIPHER_CTX_new());
  must(cipher != nullptr);
  must(EVP_EncryptInit_ex(cipher.get(), cipher_of(aead), nullptr, context.key.data(), context.nonce.data()) ==
       1);
  int size = 0;
  if (!aad.empty()) {
    must(EVP_EncryptUpdate(cipher.get(), nullptr, &size, aad.data(), static_cast<int>(aad.size())) == 1);
  }
  Bytes out(plain.size() + tag_size);
  if (!plain.empty()) {
    must(EVP_EncryptUpdate(cipher.get(), out.data(), &size, plain.data(), static_cast<int>(plain.size())) ==
         1);
  }
  must(EVP_EncryptFinal_ex(cipher.get(), out.data() + plain.size(), &size) == 1);
  must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_size, out.data() + plain.size()) == 1);
  return out;
}

bool decrypt(Aead aead, const Context& context, ByteView aad, ByteView sealed, SecretBytes& out) {
  const CipherPtr cipher(EVP_CIPHER_CTX_new());
  must(cipher != nullptr);
  must(EVP_DecryptInit_ex(cipher.get(), cipher_of(aead), nullptr, context.key.data(), context.nonce.data()) ==
       1);
  int size = 0;
  if (!aad.empty()) {
    must(EVP_DecryptUpdate(cipher.get(), nullptr, &size, aad.data(), static_cast<int>(aad.size())) == 1);
  }
  const std::size_t plain_size = sealed.size() - tag_size;
  out.resize(plain_size);
  if (plain_size > 0) {
    must(EVP_DecryptUpdate(cipher.get(), out.data(), &size, sealed.data(), static_cast<int>(plain_size)) ==
         1);
  }
  Bytes tag(sealed.end() - tag_size, sealed.end());
  must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) == 1);
  std::uint8_t none = 0;
  return EVP_DecryptFinal_ex(cipher.get(), &none, &size) == 1;
}

Error cannot_open() {
  return {Remedy::refuse, "seal.cannot_open", "another key, another purpose, or changed bytes"};
}

}  // namespace

Result<Bytes> seal_with_ephemeral(Aead aead, const PrivateKey& ephemeral, const PublicKey& receiver,
                                  std::string_view info, ByteView aad, ByteView plain) {
  auto dh = ephemeral.agree(receiver);
  if (!dh) return dh.error();
  Bytes out = ephemeral.public_point();
  const SecretBytes secret = kem_shared_secret(*dh, out, receiver.point());
  append(out, encrypt(aead, key_schedule(aead, secret, info), aad, plain));
  return out;
}

Result<SecretBytes> open_with_aead(Aead aead, const PrivateKey& receiver, std::string_view info, ByteView aad,
                                   ByteView sealed) {
  if (sealed.size() < seal_overhead) return cannot_open();
  const ByteView enc = sealed.first(point_size);
  auto sender = PublicKey::from_point(enc);
  if (!sender) return cannot_open();
  auto dh = receiver.agree(*sender);
  if (!dh) return cannot_open();
  const SecretBytes secret = kem_shared_secret(*dh, enc, receiver.public_point());
  SecretBytes plain;
  if (!decrypt(aead, key_schedule(aead, secret, info), aad, sealed.subspan(point_size), plain)) {
    (void)openssl_errors();
    return cannot_open();
  }
  return plain;
}

Result<Bytes> seal_to(const PublicKey& receiver, std::string_view info, ByteView aad, ByteView plain) {
  return seal_with_ephemeral(Aead::aes_256_gcm, PrivateKey::generate(), receiver, info, aad, plain);
}

Result<SecretBytes> open_with(const PrivateKey& receiver, std::string_view info, ByteView aad,
                              ByteView sealed) {
  return open_with_aead(Aead::aes_256_gcm, receiver, info, aad, sealed);
}

}  // namespace bianmin::seal

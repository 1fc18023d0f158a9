#include "sync/seal/guomi.hpp"

#include <optional>

#include "sync/seal/algorithms.hpp"

namespace bianmin::seal {

namespace {

constexpr std::size_t sm4_key_size = 16;
// SEQUENCE { INTEGER x, INTEGER y, OCTET STRING[32], OCTET STRING[48] }, its content 128 to 154 bytes long.
constexpr std::size_t wrapped_key_size_min = 131;
constexpr std::size_t wrapped_key_size_max = 157;

struct GuomiParts {
  ByteView wrapped_key;
  ByteView iv;
  ByteView ciphertext;
  ByteView tag;
};

Error cannot_open_guomi() {
  return {Remedy::refuse, "seal.cannot_open", "another key, another purpose, or changed bytes"};
}

std::optional<GuomiParts> parts_of(ByteView sealed) {
  ByteReader in(sealed);
  GuomiParts parts;
  parts.wrapped_key = in.take(in.u16_be());
  parts.iv = in.take(guomi_iv_size);
  parts.ciphertext = in.take(in.u32_be());
  parts.tag = in.take(digest_size);
  const std::size_t size = parts.wrapped_key.size();
  if (!in.at_end() || size < wrapped_key_size_min || size > wrapped_key_size_max) return std::nullopt;
  const ByteView der = parts.wrapped_key;
  if (der[0] != 0x30 || der[1] != 0x81 || der[2] != size - 3) return std::nullopt;
  return parts;
}

KeyContextPtr key_context(EVP_PKEY* key) {
  KeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  must(context != nullptr);
  return context;
}

Bytes wrap(const PublicKey& receiver, ByteView content_key) {
  const KeyContextPtr context = key_context(receiver.handle());
  std::size_t size = 0;
  must(EVP_PKEY_encrypt_init(context.get()) == 1);
  must(EVP_PKEY_encrypt(context.get(), nullptr, &size, content_key.data(), content_key.size()) == 1);
  Bytes out(size);
  must(EVP_PKEY_encrypt(context.get(), out.data(), &size, content_key.data(), content_key.size()) == 1);
  out.resize(size);
  return out;
}

// Empty when it does not come out as a key.
SecretBytes unwrap(const PrivateKey& receiver, ByteView wrapped_key) {
  const KeyContextPtr context = key_context(receiver.handle());
  must(EVP_PKEY_decrypt_init(context.get()) == 1);
  std::size_t size = 0;
  SecretBytes out(guomi_content_key_size);
  const bool right_size =
      EVP_PKEY_decrypt(context.get(), nullptr, &size, wrapped_key.data(), wrapped_key.size()) == 1 &&
      size == guomi_content_key_size;
  if (right_size &&
      EVP_PKEY_decrypt(context.get(), out.data(), &size, wrapped_key.data(), wrapped_key.size()) == 1 &&
      size == guomi_content_key_size) {
    return out;
  }
  (void)openssl_errors();
  return {};
}

}  // namespace

struct Guomi::Algorithms {
  SecretBytes tag(ByteView mac_key, std::string_view info, ByteView aad, const GuomiParts& parts) const {
    const auto size_of = [](ByteView part) {
      return ByteWriter().u32_be(static_cast<std::uint32_t>(part.size())).take();
    };
    const ByteView info_bytes = view_of(info);
    return hmac(mac_key, {size_of(info_bytes), info_bytes, size_of(aad), aad, size_of(parts.wrapped_key),
                          parts.wrapped_key, size_of(parts.iv), parts.iv, size_of(parts.ciphertext),
                          parts.ciphertext});
  }
  Hmac hmac{"SM3"};
  Cipher cipher{"SM4-CTR"};
};

Guomi::Guomi() : algorithms_(std::make_unique<const Algorithms>()) {}
Guomi::~Guomi() = default;

Result<GuomiContext> Guomi::prepare(const PublicKey& receiver) const {
  if (receiver.curve() != Curve::sm2)
    return Error{Remedy::refuse, "key.invalid", "not a key of the SM2 curve"};
  GuomiContext context{SecretBytes(guomi_content_key_size), {}, random_bytes(guomi_iv_size)};
  fill_random(context.key);
  context.wrapped_key = wrap(receiver, context.key);
  return context;
}

Bytes Guomi::seal(const GuomiContext& context, std::string_view info, ByteView aad, ByteView plain) const {
  const ByteView key = context.key;
  Bytes ciphertext(plain.size());
  update(algorithms_->cipher.encryption(key.first(sm4_key_size), context.iv).get(), ciphertext.data(), plain);
  const GuomiParts parts{context.wrapped_key, context.iv, ciphertext, {}};
  ByteWriter out;
  out.u16_be(static_cast<std::uint16_t>(context.wrapped_key.size())).bytes(context.wrapped_key);
  out.bytes(context.iv).u32_be(static_cast<std::uint32_t>(ciphertext.size())).bytes(ciphertext);
  out.bytes(algorithms_->tag(key.subspan(sm4_key_size), info, aad, parts));
  return out.take();
}

Result<SecretBytes> Guomi::open(const PrivateKey& receiver, std::string_view info, ByteView aad,
                                ByteView sealed) const {
  const auto parts = parts_of(sealed);
  if (!parts || receiver.curve() != Curve::sm2) return cannot_open_guomi();
  const SecretBytes content_key = unwrap(receiver, parts->wrapped_key);
  if (content_key.empty()) return cannot_open_guomi();
  const ByteView key = content_key;
  const SecretBytes tag = algorithms_->tag(key.subspan(sm4_key_size), info, aad, *parts);
  if (!equal_constant_time(tag, parts->tag)) return cannot_open_guomi();
  SecretBytes plain(parts->ciphertext.size());
  update(algorithms_->cipher.decryption(key.first(sm4_key_size), parts->iv).get(), plain.data(),
         parts->ciphertext);
  return plain;
}

}  // namespace bianmin::seal

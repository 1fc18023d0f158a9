#include "sync/seal/hpke.hpp"

#include "sync/seal/algorithms.hpp"

namespace bianmin::seal {

namespace {

constexpr std::size_t nonce_size = 12;
constexpr std::string_view version = "HPKE-v1";

Error cannot_open() {
  return {Remedy::refuse, "seal.cannot_open", "another key, another purpose, or changed bytes"};
}

}  // namespace

struct Hpke::Algorithms {
  explicit Algorithms(Aead aead)
      : cipher(aead == Aead::aes_128_gcm ? "AES-128-GCM" : "AES-256-GCM"),
        key_size(aead == Aead::aes_128_gcm ? 16 : 32),
        suite{'H',  'P',  'K',  'E',  0x00,
              0x10, 0x00, 0x01, 0x00, static_cast<std::uint8_t>(aead == Aead::aes_128_gcm ? 1 : 2)} {
    psk_id_hash = extract({}, suite, "psk_id_hash", {});
  }

  // RFC 9180 §4: LabeledExtract and LabeledExpand over HKDF (RFC 5869).
  SecretBytes extract(ByteView salt, ByteView suite_id, std::string_view label, ByteView key_material) const {
    return hmac(salt, {view_of(version), suite_id, view_of(label), key_material});
  }

  SecretBytes expand(ByteView key, ByteView suite_id, std::string_view label, ByteView info,
                     std::size_t size) const {
    const std::uint8_t length[] = {static_cast<std::uint8_t>(size >> 8U), static_cast<std::uint8_t>(size)};
    const std::uint8_t block[] = {1};  // one block of HKDF is enough: nothing here is longer than a hash
    SecretBytes out = hmac(key, {length, view_of(version), suite_id, view_of(label), info, block});
    out.resize(size);
    return out;
  }

  Hmac hmac{"SHA2-256"};
  Cipher cipher;
  std::size_t key_size;
  // Suite identifiers of RFC 9180 §4.1 and §5.1: kem 0x0010, kdf 0x0001, aead 0x0001 or 0x0002.
  Bytes kem_suite{'K', 'E', 'M', 0x00, 0x10};
  Bytes suite;
  SecretBytes psk_id_hash;  // no PSK: always the same
};

Hpke::Hpke(Aead aead) : algorithms_(std::make_unique<const Algorithms>(aead)) {}
Hpke::~Hpke() = default;

SecretBytes Hpke::shared_secret(ByteView dh, ByteView enc, ByteView receiver_point) const {
  const Algorithms& with = *algorithms_;
  Bytes context(enc.begin(), enc.end());
  append(context, receiver_point);
  const SecretBytes prk = with.extract({}, with.kem_suite, "eae_prk", dh);
  return with.expand(prk, with.kem_suite, "shared_secret", context, digest_size);
}

// RFC 9180 §5.1, mode base: no PSK. One message per context, so the nonce is the base nonce.
HpkeContext Hpke::key_schedule(Bytes enc, ByteView shared_secret, std::string_view info) const {
  const Algorithms& with = *algorithms_;
  const SecretBytes info_hash = with.extract({}, with.suite, "info_hash", view_of(info));
  SecretBytes context = {0};
  context.insert(context.end(), with.psk_id_hash.begin(), with.psk_id_hash.end());
  context.insert(context.end(), info_hash.begin(), info_hash.end());
  const SecretBytes secret = with.extract(shared_secret, with.suite, "secret", {});
  return {std::move(enc), with.expand(secret, with.suite, "key", context, with.key_size),
          with.expand(secret, with.suite, "base_nonce", context, nonce_size)};
}

Result<HpkeContext> Hpke::prepare(const PrivateKey& ephemeral, const PublicKey& receiver,
                                  std::string_view info) const {
  auto dh = ephemeral.agree(receiver);
  if (!dh) return dh.error();
  Bytes enc = ephemeral.public_point();
  const SecretBytes secret = shared_secret(*dh, enc, receiver.point());
  return key_schedule(std::move(enc), secret, info);
}

Bytes Hpke::seal(const HpkeContext& context, ByteView aad, ByteView plain) const {
  Bytes out = context.enc;
  append(out, gcm_encrypt(algorithms_->cipher, context.key, context.nonce, aad, plain));
  return out;
}

template <typename Key>
Result<SecretBytes> Hpke::open_with_any(const Key& receiver, const Bytes& receiver_point,
                                        std::string_view info, ByteView aad, ByteView sealed) const {
  if (sealed.size() < seal_overhead) return cannot_open();
  const ByteView enc = sealed.first(point_size);
  auto sender = PublicKey::from_point(enc);
  if (!sender) return cannot_open();
  auto dh = receiver.agree(*sender);
  if (!dh) return dh.error().remedy == Remedy::retry_later ? dh.error() : cannot_open();
  const SecretBytes secret = shared_secret(*dh, enc, receiver_point);
  const HpkeContext context = key_schedule({}, secret, info);
  auto plain = gcm_decrypt(algorithms_->cipher, context.key, context.nonce, aad, sealed.subspan(point_size));
  if (!plain) return cannot_open();
  return std::move(*plain);
}

Result<SecretBytes> Hpke::open(const PrivateKey& receiver, std::string_view info, ByteView aad,
                               ByteView sealed) const {
  return open_with_any(receiver, receiver.public_point(), info, aad, sealed);
}

Result<SecretBytes> Hpke::open(const Agreement& receiver, std::string_view info, ByteView aad,
                               ByteView sealed) const {
  return open_with_any(receiver, receiver.public_key().point(), info, aad, sealed);
}

Result<Bytes> seal_to(const PublicKey& receiver, std::string_view info, ByteView aad, ByteView plain) {
  const Hpke hpke;
  auto context = hpke.prepare(PrivateKey::generate(), receiver, info);
  if (!context) return context.error();
  return hpke.seal(*context, aad, plain);
}

Result<SecretBytes> open_with(const PrivateKey& receiver, std::string_view info, ByteView aad,
                              ByteView sealed) {
  return Hpke().open(receiver, info, aad, sealed);
}

}  // namespace bianmin::seal

#include "sync/custody/sealer.hpp"

#include "sync/custody/desk.hpp"

namespace bianmin::custody {

Bytes certificate_aad(std::string_view case_no, ByteView token_digest) {
  Bytes aad = bytes_of(case_no);
  append(aad, token_digest);
  return aad;
}

Result<seal::PublicKey> Sealer::newest() const {
  if (key_) return *key_;
  if (opener_ == nullptr) {
    auto published = newest_published_key(hub_folder_, record::profile_international);
    if (!published) return published.error();
    return std::move(published->key);
  }
  const std::int64_t now_ms = clock_->steady_ms();
  if (told_ && now_ms - told_at_ms_ < sealer_key_ms) return *told_;
  auto profile = seal::Profile::named(record::profile_international);
  if (!profile) return profile.error();
  auto key = opener_->newest_key(**profile);
  if (!key && !told_) return key.error();
  if (key) told_ = std::move(key->key);
  told_at_ms_ = now_ms;
  return *told_;
}

Result<Bytes> Sealer::seal(seal::Purpose purpose, ByteView aad, ByteView plain) const {
  const auto key = newest();
  if (!key) return key.error();
  return seal::Profile::of(*key)->seal(*key, purpose, aad, plain);
}

}  // namespace bianmin::custody

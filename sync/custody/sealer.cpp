#include "sync/custody/sealer.hpp"

#include "sync/custody/desk.hpp"

namespace bianmin::custody {

Result<Bytes> Sealer::seal(seal::Purpose purpose, ByteView aad, ByteView plain) const {
  if (key_) return seal::Profile::of(*key_)->seal(*key_, purpose, aad, plain);
  auto newest = newest_published_key(hub_folder_, record::profile_international);
  if (!newest) return newest.error();
  return seal::Profile::of(newest->key)->seal(newest->key, purpose, aad, plain);
}

}  // namespace bianmin::custody

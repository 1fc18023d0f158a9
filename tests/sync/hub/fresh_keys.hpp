// A hub's keys that lie in no folder, and who has custody of what they seal.
#pragma once

#include "sync/custody/local_custody.hpp"
#include "sync/custody/sealer.hpp"
#include "sync/hub/store/hub_keys.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::test {

struct FreshKeys {
  std::shared_ptr<hub::HubKeys> keys;
  std::shared_ptr<custody::LocalCustody> custody;
  custody::Sealer sealer;
};

inline FreshKeys fresh_hub_keys() {
  const TempFolder folder;
  must(hub::HubKeys::make(folder.path()));
  return {std::make_shared<hub::HubKeys>(must(hub::HubKeys::load(folder.path()))),
          must(custody::LocalCustody::load(folder.path())),
          custody::Sealer(must(seal::PublicKey::load(folder / "seal.pub")))};
}

// As `terminal_id` was enrolled: intl-1.
inline store::Enrolment enrolled_with(const hub::HubKeys& keys, store::Identity identity) {
  const auto profile = must(seal::Profile::named(record::profile_international));
  return {std::move(identity), profile->generate_key(), keys.seal_key(*profile).key,
          keys.receipt_key(*profile), profile};
}

}  // namespace bianmin::test

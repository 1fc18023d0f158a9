// What the hub itself keeps of plain records is sealed, too: to its own newest seal key, so that only custody
// opens it.
#pragma once

#include <filesystem>
#include <optional>

#include "sync/seal/profile.hpp"

namespace bianmin::custody {

// Thread-bound.
class Sealer {
 public:
  explicit Sealer(std::filesystem::path hub_folder) : hub_folder_(std::move(hub_folder)) {}
  explicit Sealer(seal::PublicKey key) : key_(std::move(key)) {}

  // To the key of intl-1 that the folder has at the moment. Errors: those of newest_published_key().
  Result<Bytes> seal(seal::Purpose purpose, ByteView aad, ByteView plain) const;

 private:
  std::filesystem::path hub_folder_;
  std::optional<seal::PublicKey> key_;  // always this one
};

}  // namespace bianmin::custody

// What the hub itself keeps of plain records is sealed, too: to its own newest seal key, so that only custody
// opens it.
#pragma once

#include <filesystem>
#include <optional>

#include "sync/custody/custody.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::custody {

constexpr std::int64_t sealer_key_ms = 60'000;  // so long a key that custody has told is used without asking

// What a certificate is sealed with: its case's number, and the SHA-256 of the token on its slip. So custody
// hands it out to an ask that has the token, whoever brings the ask. One of before was sealed with the number
// alone: `token_digest` empty.
Bytes certificate_aad(std::string_view case_no, ByteView token_digest);

// Thread-bound.
class Sealer {
 public:
  explicit Sealer(std::filesystem::path hub_folder) : hub_folder_(std::move(hub_folder)) {}
  explicit Sealer(seal::PublicKey key) : key_(std::move(key)) {}
  // For who must not look into the hub's folder: borrows both.
  Sealer(RecordOpener& opener, const Clock& clock) : opener_(&opener), clock_(&clock) {}

  // To the key of intl-1 that the folder has, or custody tells, at the moment; when custody is away, to the
  // one that it told before. Errors: those of newest_published_key() and of RecordOpener::newest_key().
  Result<Bytes> seal(seal::Purpose purpose, ByteView aad, ByteView plain) const;

 private:
  Result<seal::PublicKey> newest() const;
  std::filesystem::path hub_folder_;
  std::optional<seal::PublicKey> key_;  // always this one
  RecordOpener* opener_ = nullptr;
  const Clock* clock_ = nullptr;
  mutable std::optional<seal::PublicKey> told_;
  mutable std::int64_t told_at_ms_ = 0;  // steady
};

}  // namespace bianmin::custody

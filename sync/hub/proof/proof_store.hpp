// The hash trees in the hub's database (migrations/004_proof.sql).
#pragma once

#include <optional>

#include "sync/database/database.hpp"
#include "sync/proof/proof.hpp"
#include "sync/proof/tiles.hpp"

namespace bianmin::hub {

// The tiles of one tree. Thread-bound. Borrows everything.
class TreeTiles : public proof::TileStore {
 public:
  TreeTiles(database::Database& database, const seal::Profile& profile)
      : database_(database), profile_(profile) {}
  Result<Bytes> load(const proof::TileId& id) override;
  Result<void> keep(const std::map<proof::TileId, Bytes>& tiles);

 private:
  database::Database& database_;
  const seal::Profile& profile_;
};

struct StoredHead {
  std::uint64_t size = 0;
  std::int64_t signed_utc_ms = 0;
  Bytes head;   // signed
  Bytes stamp;  // empty: none
};

Result<std::optional<StoredHead>> newest_head(database::Database& database, const seal::Profile& profile);
Result<std::optional<StoredHead>> find_head(database::Database& database, const seal::Profile& profile,
                                            std::uint64_t size);
// Of those over which there is a time stamp, the first that holds the leaf `index`: the one that proves the
// earliest time.
Result<std::optional<StoredHead>> first_stamped_head(database::Database& database,
                                                     const seal::Profile& profile, std::uint64_t index);

struct NewestStamp {
  std::uint64_t size = 0;  // 0: there is none
  std::int64_t stamped_utc_ms = 0;
};
Result<NewestStamp> newest_stamp(database::Database& database, const seal::Profile& profile);
// The same head again changes nothing.
Result<void> keep_stamp(database::Database& database, const seal::Profile& profile, std::uint64_t size,
                        std::int64_t stamped_utc_ms, ByteView stamp);

}  // namespace bianmin::hub

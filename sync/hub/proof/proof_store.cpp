#include "sync/hub/proof/proof_store.hpp"

namespace bianmin::hub {

namespace {

constexpr std::string_view head_columns =
    "SELECT h.size, h.signed_utc_ms, h.head, s.stamp FROM proof_head h LEFT JOIN proof_stamp s "
    "ON s.profile = h.profile AND s.size = h.size WHERE h.profile = ? ";

Result<std::optional<StoredHead>> read_head(database::Statement& query) {
  auto row = query.step();
  if (!row) return row.error();
  if (!*row) return std::optional<StoredHead>();
  return std::optional(
      StoredHead{query.unsigned_integer(0), query.integer(1), query.bytes(2), query.bytes(3)});
}

}  // namespace

Result<Bytes> TreeTiles::load(const proof::TileId& id) {
  auto query =
      database_.prepare("SELECT hashes FROM proof_tile WHERE profile = ? AND level = ? AND position = ?");
  auto row = query.bind(profile_.name()).bind(static_cast<int>(id.level)).bind(id.position).step();
  if (!row) return row.error();
  return *row ? query.bytes(0) : Bytes();
}

Result<void> TreeTiles::keep(const std::map<proof::TileId, Bytes>& tiles) {
  for (const auto& [id, hashes] : tiles) {
    auto put = database_.prepare(
        "INSERT INTO proof_tile (profile, level, position, hashes) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (profile, level, position) DO UPDATE SET hashes = excluded.hashes");
    put.bind(profile_.name()).bind(static_cast<int>(id.level)).bind(id.position);
    if (auto done = put.bind(ByteView(hashes)).run(); !done) return done;
  }
  return {};
}

Result<std::optional<StoredHead>> newest_head(database::Database& database, const seal::Profile& profile) {
  auto query = database.prepare(std::string(head_columns) + "ORDER BY h.size DESC LIMIT 1");
  query.bind(profile.name());
  return read_head(query);
}

Result<std::optional<StoredHead>> find_head(database::Database& database, const seal::Profile& profile,
                                            std::uint64_t size) {
  auto query = database.prepare(std::string(head_columns) + "AND h.size = ?");
  query.bind(profile.name()).bind(size);
  return read_head(query);
}

Result<std::optional<StoredHead>> first_stamped_head(database::Database& database,
                                                     const seal::Profile& profile, std::uint64_t index) {
  auto query = database.prepare(
      "SELECT h.size, h.signed_utc_ms, h.head, s.stamp FROM proof_stamp s JOIN proof_head h "
      "ON h.profile = s.profile AND h.size = s.size WHERE s.profile = ? AND s.size > ? "
      "ORDER BY s.size LIMIT 1");
  query.bind(profile.name()).bind(index);
  return read_head(query);
}

Result<NewestStamp> newest_stamp(database::Database& database, const seal::Profile& profile) {
  auto query = database.prepare(
      "SELECT size, stamped_utc_ms FROM proof_stamp WHERE profile = ? ORDER BY size DESC LIMIT 1");
  auto row = query.bind(profile.name()).step();
  if (!row) return row.error();
  return *row ? NewestStamp{query.unsigned_integer(0), query.integer(1)} : NewestStamp();
}

Result<void> keep_stamp(database::Database& database, const seal::Profile& profile, std::uint64_t size,
                        std::int64_t stamped_utc_ms, ByteView stamp) {
  auto put = database.prepare(
      "INSERT INTO proof_stamp (profile, size, stamped_utc_ms, stamp) VALUES (?, ?, ?, ?) "
      "ON CONFLICT (profile, size) DO NOTHING");
  return put.bind(profile.name()).bind(size).bind(stamped_utc_ms).bind(stamp).run();
}

}  // namespace bianmin::hub

// What a backup says of itself: manifest.json, written last. A folder without it is no backup.
#pragma once

#include "sync/database/database.hpp"
#include "sync/hub/backup/backup_files.hpp"
#include "sync/hub/store/hub_keys.hpp"

namespace bianmin::hub {

constexpr const char* manifest_file = "manifest.json";
constexpr int manifest_version = 1;

struct BackupTree {
  std::string profile;
  std::uint64_t size = 0;
  std::string root;  // hex
  bool operator==(const BackupTree&) const = default;
};

// What is in the hub's database, at the moment of the copy.
struct BackupContents {
  std::int64_t records = 0;  // of all kinds, refused ones too
  std::vector<BackupTree> trees;
  bool operator==(const BackupContents&) const = default;
};

struct Manifest {
  std::int64_t created_utc_ms = 0;
  std::string database;  // "sqlite": hub.db; "postgresql": hub.dump
  BackupContents contents;
  std::vector<BackupFile> files;
};

// Of one moment only inside a reading transaction. Errors: those of database::Database,
// "proof.damaged_tree" (call staff).
Result<BackupContents> read_contents(database::Database& database);
// That each tree is what its newest head says, and the head the hub's. The same errors.
Result<void> check_trees(database::Database& database, const HubKeys& keys);

Result<void> write_manifest(const std::filesystem::path& backup, const Manifest& manifest);
// Errors: "backup.incomplete" (refuse): there is none, because it was never finished; "backup.bad_manifest",
// "backup.newer" (refuse); those of files.
Result<Manifest> read_manifest(const std::filesystem::path& backup);

}  // namespace bianmin::hub

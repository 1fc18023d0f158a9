// The files of a backup: copied in pieces, each with its digest, each durable.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "sync/seal/digest.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::hub {

constexpr std::size_t backup_piece_size = 1U << 20U;
constexpr std::size_t backup_files_max = 10'000;

// Of each longer step: what it is, and how far.
using BackupProgress =
    std::function<void(std::string_view what, std::int64_t done_bytes, std::int64_t total_bytes)>;

struct BackupFile {
  std::string name;  // in the folder of the backup, with '/' between
  std::uint64_t size = 0;
  seal::Digest sha256{};
  bool operator==(const BackupFile&) const = default;
};

// Whether it may stand in a manifest: it leads nowhere but into the folder.
bool valid_backup_name(std::string_view name);

// The files of a hub's folder but its database and what is half written, by their names in it; sorted.
// Errors: those of files; "backup.strange_file" (refuse): a link to a folder, or more than backup_files_max.
Result<std::vector<std::string>> list_hub_files(const std::filesystem::path& folder);

// `to`, which must not be there, with its folders; readable by the owner only, durable. Returns what it is.
Result<BackupFile> copy_backup_file(const std::filesystem::path& from, const std::filesystem::path& to,
                                    const std::string& name, const BackupProgress& progress);
Result<BackupFile> read_backup_file(const std::filesystem::path& path, const std::string& name,
                                    const BackupProgress& progress);
// Makes a file that somebody else has written the owner's alone and durable. Returns what it is.
Result<BackupFile> settle_backup_file(const std::filesystem::path& path, const std::string& name,
                                      const BackupProgress& progress);

// The owner's alone. Error "backup.exists" (refuse): it is there and not empty.
Result<void> make_backup_folder(const std::filesystem::path& folder);
Result<void> sync_backup_folders(const std::filesystem::path& folder);  // it and all below

}  // namespace bianmin::hub

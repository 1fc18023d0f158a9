// Copies of a database on a PostgreSQL server, by its own programs pg_dump and pg_restore.
#pragma once

#include "sync/database/database.hpp"
#include "sync/hub/backup/backup_files.hpp"

namespace bianmin::hub {

constexpr std::int64_t backup_program_timeout_ms = 24LL * 3'600'000;
constexpr std::int64_t backup_program_look_ms = 1'000;

// Writes what `database` sees into the file `to`. It must be inside a reading transaction, which is used now
// and then so that the server keeps it: so the dump is of the very moment of that transaction. Blocks until
// pg_dump has ended. Errors: "backup.no_program" (call staff): pg_dump is not installed;
// "backup.program_failed" (call staff): it has said why on stderr; "hub.password_in_url" (refuse): others
// would see it; those of database::Database.
Result<void> dump_server_database(database::Database& database, const std::string& url,
                                  const std::filesystem::path& to, const BackupProgress& progress);

// Into an empty database, all or nothing. The errors above, and "backup.database_not_empty" (refuse).
Result<void> restore_server_database(const std::string& url, const std::filesystem::path& from,
                                     const BackupProgress& progress);

}  // namespace bianmin::hub

// A copy of a hub while it runs, and a hub out of such a copy.
//
// A backup is a folder:
//   hub/…           the hub's folder: keys, certificates, settings, trust lists, but not its database
//   hub.db          the database at one moment, or
//   hub.dump        that of a PostgreSQL server, as pg_dump's custom format has it
//   manifest.json   what all of that is (backup_manifest.hpp)
// Everything is readable by its owner only. It holds all the hub's keys, and in the register that comes with
// the hub what residents have said: whoever has it can do and read what the hub can. It is not sealed by
// itself: a sealed copy needs a key that somebody else keeps, which is the operator's to choose.
//
// What the hub took in after the backup is not in it. Its terminals find that out and send again what they
// still have (Outbox::take_head); a restored hub gives out no number again that it may have given out since.
#pragma once

#include "sync/hub/backup/backup_manifest.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

// How many numbers a restored hub leaves out, because the lost time may have used them: of enrolments (they
// begin case numbers), and of entries in the register (acceptance numbers, told to residents).
constexpr std::int64_t enrolments_left_out = 10'000;
constexpr std::int64_t entries_left_out = 1'000'000;

// `out` must be missing or empty, and not inside the hub's folder. The hub may be serving: the database is
// copied first and of one moment, the keys after it, so that none is missing that it needs. Blocks for all of
// it. Errors: "backup.exists", "backup.inside", "backup.no_hub" (refuse), those of list_hub_files(),
// database::copy_sqlite and dump_server_database(), of files. What failed leaves a folder without a manifest.
Result<Manifest> back_up_hub(const std::filesystem::path& hub_folder, const std::filesystem::path& out,
                             const Clock& clock, const BackupProgress& progress);

struct RestoreRequest {
  std::filesystem::path backup;
  std::filesystem::path folder;   // must be missing or empty
  std::string database_url = {};  // of an empty database; empty: the one of the hub that was backed up
  // The hub was stopped before the backup and has not run since, so no number is left out.
  bool nothing_lost = false;
};

// Checks every file against the manifest while it copies, and the database as a whole. The hub's folder gets
// its name when all is done; until then it is FOLDER.restoring, and the same call may be made again, on a
// server with a fresh database. Leaves the operator event "restored".
// Errors: those of read_manifest(); "backup.damaged" (refuse): a file or the database is not what the
// manifest says; "hub.exists" (refuse): `folder` is not empty; "backup.other_database" (refuse): a URL for
// the copy of an hub.db; those of restore_server_database(), of database::Database and of files.
Result<Manifest> restore_hub(const RestoreRequest& request, const Clock& clock,
                             const BackupProgress& progress);

}  // namespace bianmin::hub

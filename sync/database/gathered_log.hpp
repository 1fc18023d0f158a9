// A way to the disk for SQLite that writes a commit to its WAL in one piece. SQLite itself writes each page
// of a commit with two calls, one for its head; of a commit of hundreds of pages these calls are most of the
// cost.
//
// What SQLite writes to the WAL waits in memory until it asks for a sync, for something else of that file, or
// log_piece_max is full. Nothing waits longer than the write lock is held: what still waits when that is
// given up belongs to a transaction that was undone, and is thrown away, because the place in the WAL is the
// next writer's. Nobody else reads it meanwhile: other connections look for a commit's pages once the WAL's
// index tells of them, which is after the sync. What is written after the sync, under the same lock, does not
// wait. (SQLite's "WAL-mode File Format", sections 2.3 and 2.4; the order of its calls: sqlite3WalFrames in
// wal.c.)
//
// That a piece could not be written is told by the call that wrote it and by all that follow until the write
// lock is given up, so that no later part of that transaction can be committed.
//
// Only for connections with synchronous=FULL: with less a commit has no sync, and would be thrown away.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <memory>
#include <string>

namespace bianmin::database {

// Bytes. SQLite's own VFS writes no more than 128 KiB at once (seekAndWriteFd in os_unix.c keeps 17 bits of
// the size), and calls the rest a full disk.
constexpr std::size_t log_piece_max = 1U << 16U;

// Registered with SQLite under name() for as long as it lives; it must live longer than what it opened.
class GatheredLog {
 public:
  // In front of the VFS of that name; null: the system's. Null when there is no such VFS.
  static std::unique_ptr<GatheredLog> before(const char* vfs);
  ~GatheredLog();
  GatheredLog(const GatheredLog&) = delete;
  GatheredLog& operator=(const GatheredLog&) = delete;
  const char* name() const { return name_.c_str(); }

 private:
  explicit GatheredLog(sqlite3_vfs& behind);
  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out);
  std::string name_;
  struct Registered {  // SQLite passes its first member
    sqlite3_vfs vfs;
    sqlite3_vfs* behind;
  };
  Registered registered_;
};

}  // namespace bianmin::database

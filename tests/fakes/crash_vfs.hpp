// SQLite on a CrashDisk: database::Options{.vfs = crash_vfs.name()} opens files on it, in WAL too, with
// several connections at once.
//
// Every method is one call of the disk for fail_calls(). As SQLite's own way to the disk does, the first sync
// of a journal or WAL also makes its folder safe, a sync of the database itself does not; and a file is told
// to be overwritten without harm to its neighbours, as sectors here are whole.
//
// Thread-bound; busy waits take no time. Close the connections before it goes.
#pragma once

#include <memory>
#include <string>

#include "tests/fakes/crash_disk.hpp"

namespace bianmin::test {

class CrashVfs {
 public:
  explicit CrashVfs(CrashDisk disk = {});
  ~CrashVfs();
  CrashVfs(const CrashVfs&) = delete;
  CrashVfs& operator=(const CrashVfs&) = delete;

  const char* name() const;
  CrashDisk& disk();

  struct Sqlite;  // what SQLite calls

 private:
  std::unique_ptr<Sqlite> sqlite_;
};

}  // namespace bianmin::test

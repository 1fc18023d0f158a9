#include "sync/database/gathered_log.hpp"

#include <fmt/format.h>

#include "terminal/base/bytes.hpp"

namespace bianmin::database {

namespace {

constexpr int write_lock = 0;  // its slot in the WAL's index (SQLite's doc, "WAL-mode File Format", §2.3.1)

struct Waiting {
  Bytes bytes;
  sqlite3_int64 at = 0;  // where in the WAL
  // Until the write lock is given up:
  bool synced = false;
  int failure = SQLITE_OK;  // a piece was not written
  sqlite3_int64 lost_from = 0;

  sqlite3_int64 end() const { return at + static_cast<sqlite3_int64>(bytes.size()); }
  void forget() {
    bytes.clear();
    synced = false;
    failure = SQLITE_OK;
  }
};

// SQLite owns the memory; the file of the VFS behind stands right after it.
struct GatheredFile {
  sqlite3_file base;
  Waiting* waiting;  // the database's, which is open longer than its WAL
};

GatheredFile& of(sqlite3_file* file) { return *reinterpret_cast<GatheredFile*>(file); }
sqlite3_file* behind(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::uint8_t*>(file) + sizeof(GatheredFile));
}
const sqlite3_io_methods& methods_behind(sqlite3_file* file) { return *behind(file)->pMethods; }

int pass_close(sqlite3_file* file) { return methods_behind(file).xClose(behind(file)); }
int pass_read(sqlite3_file* file, void* to, int count, sqlite3_int64 at) {
  return methods_behind(file).xRead(behind(file), to, count, at);
}
int pass_write(sqlite3_file* file, const void* from, int count, sqlite3_int64 at) {
  return methods_behind(file).xWrite(behind(file), from, count, at);
}
int pass_truncate(sqlite3_file* file, sqlite3_int64 size) {
  return methods_behind(file).xTruncate(behind(file), size);
}
int pass_sync(sqlite3_file* file, int flags) { return methods_behind(file).xSync(behind(file), flags); }
int pass_size(sqlite3_file* file, sqlite3_int64* size) {
  return methods_behind(file).xFileSize(behind(file), size);
}
int pass_lock(sqlite3_file* file, int level) { return methods_behind(file).xLock(behind(file), level); }
int pass_unlock(sqlite3_file* file, int level) { return methods_behind(file).xUnlock(behind(file), level); }
int pass_check_reserved(sqlite3_file* file, int* is) {
  return methods_behind(file).xCheckReservedLock(behind(file), is);
}
int pass_control(sqlite3_file* file, int what, void* argument) {
  return methods_behind(file).xFileControl(behind(file), what, argument);
}
int pass_sector_size(sqlite3_file* file) { return methods_behind(file).xSectorSize(behind(file)); }
int pass_characteristics(sqlite3_file* file) {
  return methods_behind(file).xDeviceCharacteristics(behind(file));
}
int pass_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  return methods_behind(file).xShmMap(behind(file), region, size, extend, out);
}
void pass_barrier(sqlite3_file* file) { methods_behind(file).xShmBarrier(behind(file)); }
int pass_unmap(sqlite3_file* file, int remove) {
  return methods_behind(file).xShmUnmap(behind(file), remove);
}

int lock_index(sqlite3_file* file, int slot, int count, int flags) {
  const int giving_up = SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE;
  if (slot == write_lock && (flags & giving_up) == giving_up) of(file).waiting->forget();
  return methods_behind(file).xShmLock(behind(file), slot, count, flags);
}

int write_waiting(sqlite3_file* file) {
  Waiting& waiting = *of(file).waiting;
  if (waiting.failure != SQLITE_OK || waiting.bytes.empty()) return waiting.failure;
  waiting.failure =
      pass_write(file, waiting.bytes.data(), static_cast<int>(waiting.bytes.size()), waiting.at);
  waiting.lost_from = waiting.at;
  waiting.bytes.clear();
  return waiting.failure;
}

int close_database(sqlite3_file* file) {
  delete of(file).waiting;
  return pass_close(file);
}

int close_log(sqlite3_file* file) {
  of(file).waiting->forget();
  return pass_close(file);
}

int read_log(sqlite3_file* file, void* to, int count, sqlite3_int64 at) {
  Waiting& waiting = *of(file).waiting;
  if (!waiting.bytes.empty() && at + count > waiting.at) (void)write_waiting(file);
  if (waiting.failure != SQLITE_OK && at + count > waiting.lost_from) return SQLITE_IOERR_READ;
  return pass_read(file, to, count, at);
}

int write_log(sqlite3_file* file, const void* from, int count, sqlite3_int64 at) {
  Waiting& waiting = *of(file).waiting;
  const auto size = static_cast<std::size_t>(count);
  if (at != waiting.end() || waiting.bytes.size() + size > log_piece_max) {
    if (const int code = write_waiting(file); code != SQLITE_OK) return code;
    waiting.at = at;
  }
  if (waiting.failure != SQLITE_OK) return waiting.failure;
  if (waiting.synced) return pass_write(file, from, count, at);
  const auto* bytes = static_cast<const std::uint8_t*>(from);
  waiting.bytes.insert(waiting.bytes.end(), bytes, bytes + size);
  return SQLITE_OK;
}

int truncate_log(sqlite3_file* file, sqlite3_int64 size) {
  const int code = write_waiting(file);
  return code == SQLITE_OK ? pass_truncate(file, size) : code;
}

int sync_log(sqlite3_file* file, int flags) {
  if (const int code = write_waiting(file); code != SQLITE_OK) return code;
  of(file).waiting->synced = true;
  return pass_sync(file, flags);
}

int size_of_log(sqlite3_file* file, sqlite3_int64* size) {
  const int code = write_waiting(file);
  return code == SQLITE_OK ? pass_size(file, size) : code;
}

// Version 2: what a WAL needs, and no mapping of the database into memory.
constexpr sqlite3_io_methods database_methods = {2,
                                                 close_database,
                                                 pass_read,
                                                 pass_write,
                                                 pass_truncate,
                                                 pass_sync,
                                                 pass_size,
                                                 pass_lock,
                                                 pass_unlock,
                                                 pass_check_reserved,
                                                 pass_control,
                                                 pass_sector_size,
                                                 pass_characteristics,
                                                 pass_map,
                                                 lock_index,
                                                 pass_barrier,
                                                 pass_unmap,
                                                 nullptr,
                                                 nullptr};
constexpr sqlite3_io_methods log_methods = [] {
  sqlite3_io_methods methods = database_methods;
  methods.xClose = close_log;
  methods.xRead = read_log;
  methods.xWrite = write_log;
  methods.xTruncate = truncate_log;
  methods.xSync = sync_log;
  methods.xFileSize = size_of_log;
  return methods;
}();

}  // namespace

std::unique_ptr<GatheredLog> GatheredLog::before(const char* vfs) {
  sqlite3_vfs* behind = sqlite3_vfs_find(vfs);
  return behind == nullptr ? nullptr : std::unique_ptr<GatheredLog>(new GatheredLog(*behind));
}

GatheredLog::GatheredLog(sqlite3_vfs& behind)
    : name_(fmt::format("{}-gathered-{}", behind.zName, fmt::ptr(this))), registered_{behind, &behind} {
  registered_.vfs.pNext = nullptr;
  registered_.vfs.zName = name_.c_str();
  registered_.vfs.szOsFile = static_cast<int>(sizeof(GatheredFile)) + behind.szOsFile;
  registered_.vfs.xOpen = open;
  sqlite3_vfs_register(&registered_.vfs, 0);
}

GatheredLog::~GatheredLog() { sqlite3_vfs_unregister(&registered_.vfs); }

// The database and its WAL are ours; all else goes straight to the VFS behind.
int GatheredLog::open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  sqlite3_vfs* with = reinterpret_cast<Registered*>(vfs)->behind;
  const bool is_log = (flags & SQLITE_OPEN_WAL) != 0;
  if (!is_log && (flags & SQLITE_OPEN_MAIN_DB) == 0) return with->xOpen(with, name, file, flags, flags_out);
  file->pMethods = nullptr;  // not to be closed
  if (const int code = with->xOpen(with, name, behind(file), flags, flags_out); code != SQLITE_OK) {
    if (behind(file)->pMethods != nullptr) (void)pass_close(file);
    return code;
  }
  of(file).waiting = is_log ? of(sqlite3_database_file_object(name)).waiting : new Waiting;
  file->pMethods = is_log ? &log_methods : &database_methods;
  return SQLITE_OK;
}

}  // namespace bianmin::database

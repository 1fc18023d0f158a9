#include "tests/fakes/crash_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>

namespace bianmin::test {

namespace {

using Region = std::unique_ptr<std::uint8_t[]>;

// What connections to one file share while it is open: locks and the shared memory of a WAL.
struct Sharing {
  int shared = 0;
  const void* reserved = nullptr;
  const void* pending = nullptr;
  const void* exclusive = nullptr;
  std::vector<Region> regions;
  int region_users = 0;
  std::array<int, SQLITE_SHM_NLOCK> region_shared{};
  std::array<const void*, SQLITE_SHM_NLOCK> region_exclusive{};
};

struct Handle {
  CrashVfs::Sqlite* home = nullptr;
  std::uint64_t boot = 0;
  std::string path;
  std::shared_ptr<DiskFile> file;
  std::shared_ptr<Sharing> sharing;
  int level = SQLITE_LOCK_NONE;
  bool folder_unsafe = false;
  bool delete_on_close = false;
  bool has_regions = false;
  std::array<bool, SQLITE_SHM_NLOCK> holds_shared{};
  std::array<bool, SQLITE_SHM_NLOCK> holds_exclusive{};
};

struct OpenFile {  // SQLite owns the memory
  sqlite3_file base;
  Handle* handle;
};

Handle& of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file)->handle; }

}  // namespace

struct CrashVfs::Sqlite {
  explicit Sqlite(CrashDisk on) : disk(std::move(on)) {}
  CrashDisk disk;
  std::string name;
  sqlite3_vfs vfs{};
  int last_errno = 0;
  std::map<const DiskFile*, std::weak_ptr<Sharing>> open_files;

  bool lives(const Handle& handle) const { return handle.boot == disk.boots() && !disk.off(); }

  // SQLITE_OK, or what the call has to return at once.
  int begin(CrashDisk::Takes takes, int error_code, int full_code) {
    const auto fault = disk.begin_call(takes);
    if (!fault) return SQLITE_OK;
    last_errno = *fault == DiskFault::full ? ENOSPC : EIO;
    return *fault == DiskFault::full ? full_code : error_code;
  }
  int begin(const Handle& handle, CrashDisk::Takes takes, int error_code, int full_code) {
    if (lives(handle)) return begin(takes, error_code, full_code);
    last_errno = EIO;
    return error_code;
  }
  int read_begin(const Handle& handle, int error_code) {
    return begin(handle, CrashDisk::Takes::no_room, error_code, error_code);
  }
  int failed(int error_code) {
    last_errno = EIO;
    return error_code;
  }

  std::shared_ptr<Sharing> sharing_of(const std::shared_ptr<DiskFile>& file) {
    std::erase_if(open_files, [](const auto& entry) { return entry.second.expired(); });
    auto sharing = open_files[file.get()].lock();
    if (!sharing) {
      sharing = std::make_shared<Sharing>();
      open_files[file.get()] = sharing;
    }
    return sharing;
  }
};

namespace {

constexpr auto no_room = CrashDisk::Takes::no_room;
constexpr auto room = CrashDisk::Takes::room;

void unlock_to(Handle& handle, int level) {
  Sharing& sharing = *handle.sharing;
  for (const void** holder : {&sharing.reserved, &sharing.pending, &sharing.exclusive}) {
    if (*holder == &handle) *holder = nullptr;
  }
  if (level == SQLITE_LOCK_NONE && handle.level >= SQLITE_LOCK_SHARED) --sharing.shared;
  handle.level = level;
}

void leave_regions(Handle& handle) {
  if (!handle.has_regions) return;
  Sharing& sharing = *handle.sharing;
  for (std::size_t slot = 0; slot < SQLITE_SHM_NLOCK; ++slot) {
    if (handle.holds_shared[slot]) --sharing.region_shared[slot];
    if (handle.holds_exclusive[slot]) sharing.region_exclusive[slot] = nullptr;
  }
  handle.holds_shared = {};
  handle.holds_exclusive = {};
  handle.has_regions = false;
  if (--sharing.region_users == 0) sharing.regions.clear();  // the next user finds nothing and reads the WAL
}

int close_file(sqlite3_file* file) {
  Handle* handle = &of(file);
  leave_regions(*handle);
  if (handle->level != SQLITE_LOCK_NONE) unlock_to(*handle, SQLITE_LOCK_NONE);
  if (handle->delete_on_close && handle->home->lives(*handle)) (void)handle->home->disk.remove(handle->path);
  delete handle;
  return SQLITE_OK;
}

int read_file_at(sqlite3_file* file, void* to, int count, sqlite3_int64 at) {
  Handle& handle = of(file);
  if (const int code = handle.home->read_begin(handle, SQLITE_IOERR_READ); code != SQLITE_OK) return code;
  const Bytes& bytes = handle.file->now;
  const auto from = static_cast<std::size_t>(at);
  const auto wanted = static_cast<std::size_t>(count);
  const std::size_t there = from >= bytes.size() ? 0 : std::min(wanted, bytes.size() - from);
  if (there > 0) std::memcpy(to, bytes.data() + from, there);
  if (there == wanted) return SQLITE_OK;
  std::memset(static_cast<std::uint8_t*>(to) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}

int write_file_at(sqlite3_file* file, const void* from, int count, sqlite3_int64 at) {
  Handle& handle = of(file);
  const ByteView bytes(static_cast<const std::uint8_t*>(from), static_cast<std::size_t>(count));
  const auto start = static_cast<std::size_t>(at);
  const int code = handle.home->begin(handle, room, SQLITE_IOERR_WRITE, SQLITE_FULL);
  if (code == SQLITE_IOERR_WRITE && handle.home->lives(handle)) {
    (void)handle.home->disk.write(*handle.file, start, bytes.first(bytes.size() / 2));
  }
  if (code != SQLITE_OK) return code;
  return handle.home->disk.write(*handle.file, start, bytes) ? SQLITE_OK
                                                             : handle.home->failed(SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  Handle& handle = of(file);
  const int code = handle.home->begin(handle, room, SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_TRUNCATE);
  if (code != SQLITE_OK) return code;
  return handle.home->disk.truncate(*handle.file, static_cast<std::size_t>(size))
             ? SQLITE_OK
             : handle.home->failed(SQLITE_IOERR_TRUNCATE);
}

int sync_file(sqlite3_file* file, int) {
  Handle& handle = of(file);
  const int code = handle.home->begin(handle, room, SQLITE_IOERR_FSYNC, SQLITE_IOERR_FSYNC);
  if (code != SQLITE_OK) {
    if (handle.home->lives(handle)) handle.home->disk.fail_sync(*handle.file);
    return code;
  }
  if (!handle.home->disk.sync(*handle.file)) return handle.home->failed(SQLITE_IOERR_FSYNC);
  if (!handle.folder_unsafe) return SQLITE_OK;
  const auto slash = handle.path.rfind('/');
  const std::string folder = slash == std::string::npos ? std::string() : handle.path.substr(0, slash);
  if (!handle.home->disk.sync_folder(folder)) return handle.home->failed(SQLITE_IOERR_DIR_FSYNC);
  handle.folder_unsafe = false;
  return SQLITE_OK;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  Handle& handle = of(file);
  if (const int code = handle.home->read_begin(handle, SQLITE_IOERR_FSTAT); code != SQLITE_OK) return code;
  *size = static_cast<sqlite3_int64>(handle.file->now.size());
  return SQLITE_OK;
}

int lock_file(sqlite3_file* file, int level) {
  Handle& handle = of(file);
  if (handle.level >= level) return SQLITE_OK;
  if (const int code = handle.home->read_begin(handle, SQLITE_IOERR_LOCK); code != SQLITE_OK) return code;
  Sharing& sharing = *handle.sharing;
  const auto of_another = [&](const void* holder) { return holder != nullptr && holder != &handle; };
  if (of_another(sharing.pending) || of_another(sharing.exclusive)) return SQLITE_BUSY;
  if (level == SQLITE_LOCK_SHARED) {
    ++sharing.shared;
  } else if (level == SQLITE_LOCK_RESERVED) {
    if (of_another(sharing.reserved)) return SQLITE_BUSY;
    sharing.reserved = &handle;
  } else {
    if (of_another(sharing.reserved)) return SQLITE_BUSY;
    sharing.pending = &handle;
    handle.level = SQLITE_LOCK_PENDING;
    if (sharing.shared > 1) return SQLITE_BUSY;
    sharing.exclusive = &handle;
  }
  handle.level = level;
  return SQLITE_OK;
}

int unlock_file(sqlite3_file* file, int level) {
  Handle& handle = of(file);
  if (handle.level > level) unlock_to(handle, level);
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* is) {
  Handle& handle = of(file);
  if (const int code = handle.home->read_begin(handle, SQLITE_IOERR_CHECKRESERVEDLOCK); code != SQLITE_OK) {
    return code;
  }
  *is = handle.sharing->reserved != nullptr || handle.sharing->exclusive != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int map_region(sqlite3_file* file, int number, int size, int extend, void volatile** out) {
  Handle& handle = of(file);
  *out = nullptr;
  const int code = handle.home->begin(handle, room, SQLITE_IOERR_SHMMAP, SQLITE_IOERR_SHMSIZE);
  if (code != SQLITE_OK) return code;
  Sharing& sharing = *handle.sharing;
  if (!handle.has_regions) ++sharing.region_users;
  handle.has_regions = true;
  const auto index = static_cast<std::size_t>(number);
  if (index >= sharing.regions.size() && extend == 0) return SQLITE_OK;
  while (sharing.regions.size() <= index) {
    sharing.regions.push_back(std::make_unique<std::uint8_t[]>(static_cast<std::size_t>(size)));
  }
  *out = sharing.regions[index].get();
  return SQLITE_OK;
}

int lock_region(sqlite3_file* file, int first, int count, int flags) {
  Handle& handle = of(file);
  Sharing& sharing = *handle.sharing;
  const auto begin = static_cast<std::size_t>(first);
  const std::size_t end = begin + static_cast<std::size_t>(count);
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    for (std::size_t slot = begin; slot < end; ++slot) {
      if (std::exchange(handle.holds_shared[slot], false)) --sharing.region_shared[slot];
      if (std::exchange(handle.holds_exclusive[slot], false)) sharing.region_exclusive[slot] = nullptr;
    }
    return SQLITE_OK;
  }
  if (const int code = handle.home->read_begin(handle, SQLITE_IOERR_SHMLOCK); code != SQLITE_OK) return code;
  const bool shared = (flags & SQLITE_SHM_SHARED) != 0;
  for (std::size_t slot = begin; slot < end; ++slot) {
    const int others = sharing.region_shared[slot] - (handle.holds_shared[slot] ? 1 : 0);
    const bool taken = sharing.region_exclusive[slot] != nullptr && !handle.holds_exclusive[slot];
    if (taken || (!shared && others > 0)) return SQLITE_BUSY;
  }
  for (std::size_t slot = begin; slot < end; ++slot) {
    if (shared && !std::exchange(handle.holds_shared[slot], true)) ++sharing.region_shared[slot];
    if (shared) continue;
    handle.holds_exclusive[slot] = true;
    sharing.region_exclusive[slot] = &handle;
  }
  return SQLITE_OK;
}

void barrier(sqlite3_file*) { std::atomic_thread_fence(std::memory_order_seq_cst); }

int unmap_regions(sqlite3_file* file, int) {
  leave_regions(of(file));
  return SQLITE_OK;
}

const sqlite3_io_methods methods = {2,         close_file,    read_file_at,    write_file_at, truncate_file,
                                    sync_file, size_of_file,  lock_file,       unlock_file,   check_reserved,
                                    control,   sector_size,   characteristics, map_region,    lock_region,
                                    barrier,   unmap_regions, nullptr,         nullptr};

CrashVfs::Sqlite& of(sqlite3_vfs* vfs) { return *static_cast<CrashVfs::Sqlite*>(vfs->pAppData); }

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  CrashVfs::Sqlite& home = of(vfs);
  const bool creates = (flags & SQLITE_OPEN_CREATE) != 0;
  const int code = home.begin(creates ? room : no_room, SQLITE_CANTOPEN, SQLITE_CANTOPEN);
  if (code != SQLITE_OK) return code;
  auto handle = std::make_unique<Handle>();
  handle->home = &home;
  handle->boot = home.disk.boots();
  if (path == nullptr) {
    handle->file = std::make_shared<DiskFile>();  // for SQLite's own use while it runs
  } else {
    handle->path = path;
    handle->file = home.disk.find(path);
    if (!handle->file && creates) handle->file = home.disk.create(path);
    if (!handle->file) return home.failed(SQLITE_CANTOPEN);
    constexpr int with_folder = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    handle->folder_unsafe = creates && (flags & with_folder) != 0;
    handle->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  }
  handle->sharing = home.sharing_of(handle->file);
  reinterpret_cast<OpenFile*>(file)->handle = handle.release();
  file->pMethods = &methods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  CrashVfs::Sqlite& home = of(vfs);
  const int code = home.begin(no_room, SQLITE_IOERR_DELETE, SQLITE_IOERR_DELETE);
  if (code != SQLITE_OK) return code;
  if (!home.disk.find(path)) return SQLITE_IOERR_DELETE_NOENT;
  if (!home.disk.remove(path)) return home.failed(SQLITE_IOERR_DELETE);
  const std::string folder(path, std::string_view(path).find_last_of('/') == std::string_view::npos
                                     ? 0
                                     : std::string_view(path).find_last_of('/'));
  if (sync_folder != 0 && !home.disk.sync_folder(folder)) return home.failed(SQLITE_IOERR_DIR_FSYNC);
  return SQLITE_OK;
}

int access_file(sqlite3_vfs* vfs, const char* path, int, int* is) {
  CrashVfs::Sqlite& home = of(vfs);
  const int code = home.begin(no_room, SQLITE_IOERR_ACCESS, SQLITE_IOERR_ACCESS);
  if (code != SQLITE_OK) return code;
  const auto file = home.disk.find(path);
  *is = file && !file->now.empty() ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", path);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* out) {
  for (int at = 0; at < size; ++at) out[at] = static_cast<char>(at * 37 + 11);
  return size;
}

int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }

int now(sqlite3_vfs*, sqlite3_int64* milliseconds) {
  *milliseconds = 212'445'000'000'000;  // of Julian days; some day of 2026
  return SQLITE_OK;
}

int now_days(sqlite3_vfs*, double* days) {
  *days = 212'445'000'000'000.0 / 86'400'000.0;
  return SQLITE_OK;
}

int last_error(sqlite3_vfs* vfs, int, char*) { return of(vfs).last_errno; }

}  // namespace

CrashVfs::CrashVfs(CrashDisk disk) : sqlite_(std::make_unique<Sqlite>(std::move(disk))) {
  static std::atomic<int> count = 0;
  sqlite_->name = "crash-" + std::to_string(++count);
  sqlite3_vfs& vfs = sqlite_->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(OpenFile);
  vfs.mxPathname = 512;
  vfs.zName = sqlite_->name.c_str();
  vfs.pAppData = sqlite_.get();
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  vfs.xAccess = access_file;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep;
  vfs.xCurrentTime = now_days;
  vfs.xCurrentTimeInt64 = now;
  vfs.xGetLastError = last_error;
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) std::abort();
}

CrashVfs::~CrashVfs() { sqlite3_vfs_unregister(&sqlite_->vfs); }

const char* CrashVfs::name() const { return sqlite_->name.c_str(); }

CrashDisk& CrashVfs::disk() { return sqlite_->disk; }

}  // namespace bianmin::test

#include "sync/database/sqlite_copy.hpp"

#include <fcntl.h>
#include <sqlite3.h>

#include <cerrno>
#include <memory>

#include "sync/database/sqlite_error.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::database {

namespace {

struct CloseHandle {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
using Handle = std::unique_ptr<sqlite3, CloseHandle>;

Result<Handle> open_handle(const std::filesystem::path& path, int access) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, access | SQLITE_OPEN_NOMUTEX, nullptr);
  Handle owned(handle);
  if (code != SQLITE_OK) return sqlite_error(handle, code);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  return owned;
}

Result<void> run_sql(sqlite3* handle, const char* sql) {
  if (sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return sqlite_error(handle, sqlite3_extended_errcode(handle));
}

std::int64_t page_size_of(sqlite3* handle) {
  sqlite3_stmt* query = nullptr;
  std::int64_t size = 0;
  if (sqlite3_prepare_v2(handle, "PRAGMA page_size", -1, &query, nullptr) == SQLITE_OK &&
      sqlite3_step(query) == SQLITE_ROW) {
    size = sqlite3_column_int64(query, 0);
  }
  sqlite3_finalize(query);
  return size;
}

// The source is being read inside a transaction, so that what others commit meanwhile neither gets into the
// copy nor begins it anew.
Result<void> copy_pages(sqlite3* from, sqlite3* to, const CopyProgress& progress) {
  if (auto begun = run_sql(from, "BEGIN; SELECT count(*) FROM sqlite_schema;"); !begun) return begun;
  const std::int64_t page_size = page_size_of(from);
  sqlite3_backup* copy = sqlite3_backup_init(to, "main", from, "main");
  if (copy == nullptr) return sqlite_error(to, sqlite3_extended_errcode(to));
  int code = SQLITE_OK;
  while (code == SQLITE_OK) {
    code = sqlite3_backup_step(copy, copy_step_pages);
    const std::int64_t total = sqlite3_backup_pagecount(copy);
    if (code == SQLITE_OK || code == SQLITE_DONE) {
      progress((total - sqlite3_backup_remaining(copy)) * page_size, total * page_size);
    }
  }
  const int ended = sqlite3_backup_finish(copy);
  if (code != SQLITE_DONE) return sqlite_error(to, code);
  if (ended != SQLITE_OK) return sqlite_error(to, ended);
  return run_sql(to, "PRAGMA journal_mode = DELETE");
}

}  // namespace

Result<void> copy_sqlite(const std::filesystem::path& from, const std::filesystem::path& to,
                         const CopyProgress& progress) {
  auto source = open_handle(from, SQLITE_OPEN_READONLY);
  if (!source) return source.error();
  FileDescriptor fresh(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fresh.valid()) {
    if (errno == EEXIST) return Error{Remedy::refuse, "file.exists", to.string()};
    return file_error(to, errno);
  }
  fresh.reset();  // before SQLite locks it: closing it later would drop that lock
  auto copied = [&]() -> Result<void> {
    auto target = open_handle(to, SQLITE_OPEN_READWRITE);
    if (!target) return target.error();
    return copy_pages(source->get(), target->get(), progress);
  }();
  if (copied) return {};
  std::error_code ignored;
  for (const char* ending : {"", "-journal", "-wal", "-shm"}) {
    std::filesystem::remove(to.string() + ending, ignored);
  }
  return copied;
}

Result<void> check_sqlite(const std::filesystem::path& path) {
  auto handle = open_handle(path, SQLITE_OPEN_READONLY);
  if (!handle) return handle.error();
  sqlite3_stmt* check = nullptr;
  int code = sqlite3_prepare_v2(handle->get(), "PRAGMA integrity_check(1)", -1, &check, nullptr);
  if (code == SQLITE_OK) code = sqlite3_step(check);
  std::string said;
  if (code == SQLITE_ROW) said = reinterpret_cast<const char*>(sqlite3_column_text(check, 0));
  sqlite3_finalize(check);
  if (code != SQLITE_ROW) return sqlite_error(handle->get(), code);
  if (said == "ok") return {};
  return Error{Remedy::call_staff, "store.corrupt", said};
}

}  // namespace bianmin::database

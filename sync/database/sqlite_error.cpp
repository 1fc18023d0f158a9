#include "sync/database/sqlite_error.hpp"

#include <sqlite3.h>

#include <cerrno>

namespace bianmin::database {

Error sqlite_error(sqlite3* handle, int code) {
  const std::string detail = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  const int system_error = handle != nullptr ? sqlite3_system_errno(handle) : 0;
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return {Remedy::call_staff, "store.disk_full", detail};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {Remedy::call_staff, "store.read_only", detail};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Remedy::call_staff, "store.corrupt", detail};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Remedy::retry_later, "store.busy", detail};
    case SQLITE_CONSTRAINT:
      if (code != SQLITE_CONSTRAINT_PRIMARYKEY && code != SQLITE_CONSTRAINT_UNIQUE) break;
      return {Remedy::refuse, "store.taken", detail};
    default:
      break;
  }
  if (system_error == ENOSPC || system_error == EDQUOT)
    return {Remedy::call_staff, "store.disk_full", detail};
  if (system_error == EROFS || system_error == EACCES) return {Remedy::call_staff, "store.read_only", detail};
  return {Remedy::call_staff, "store.io", detail + " (" + std::to_string(code) + ")"};
}

}  // namespace bianmin::database

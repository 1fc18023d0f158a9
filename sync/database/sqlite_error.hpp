// What a failure of SQLite is called in this project.
#pragma once

#include "terminal/base/result.hpp"

struct sqlite3;

namespace bianmin::database {

// `code`: an extended result code; `handle` may be null. One of the codes of database.hpp.
Error sqlite_error(sqlite3* handle, int code);

}  // namespace bianmin::database

// A copy of an SQLite file that others go on writing meanwhile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "terminal/base/result.hpp"

namespace bianmin::database {

constexpr int copy_step_pages = 256;

using CopyProgress = std::function<void(std::int64_t done_bytes, std::int64_t total_bytes)>;

// `to` becomes the database as it was at one moment during the call: one file, with no log beside it,
// readable by its owner only. Writers are not held up; their log grows until the copy is done. `progress` is
// called after each copy_step_pages. Blocks for reading and writing all of it. Errors: those of database.hpp,
// "file.exists" (refuse): `to` is there. What failed leaves no file.
Result<void> copy_sqlite(const std::filesystem::path& from, const std::filesystem::path& to,
                         const CopyProgress& progress);

// Reads all of a file that nobody has open, its indexes against its tables. Error "store.corrupt", and the
// others of database.hpp.
Result<void> check_sqlite(const std::filesystem::path& path);

}  // namespace bianmin::database

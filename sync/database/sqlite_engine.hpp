// SQLite behind Database: one file, safe against power cuts.
#pragma once

#include "sync/database/database.hpp"

namespace bianmin::database {

// As Database::open.
Result<std::unique_ptr<Engine>> open_sqlite(const std::filesystem::path& path,
                                            std::span<const std::string_view> migrations,
                                            const Options& options);

}  // namespace bianmin::database

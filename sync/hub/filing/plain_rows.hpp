// Hubs of before kept the register's records and the departments' certificates as they are, or sealed
// certificates for their case's number alone. They are sealed once as they should be, by whoever files
// records: he sees them anyway.
#pragma once

#include "sync/custody/sealer.hpp"
#include "sync/hub/store/hub_store.hpp"

namespace bianmin::hub {

constexpr int plain_rows_batch = 100;          // sealed and committed at once
constexpr int earlier_certificates_batch = 8;  // of these, that may have 4 MiB each

// Returns how many there were. What was committed stays sealed when it breaks off; the next call does the
// rest. Two hubs may do it at once. A certificate that custody cannot open stays as it is. Afterwards the
// database forgets the plain bytes: SQLite overwrites them and empties its log, PostgreSQL rewrites the two
// tables (both locked meanwhile). Errors: those of the database and of Sealer, "custody.away".
Result<std::int64_t> seal_plain_rows(database::Database& database, const custody::Sealer& sealer,
                                     custody::RecordOpener& opener);

}  // namespace bianmin::hub

// On a server the sealed payloads lie in a table of parts, one for each day (UTC) of arrival: what is old
// goes by dropping a part, and not row by row. A file (SQLite) has no parts.
#pragma once

#include "sync/database/database.hpp"

namespace bianmin::hub {

constexpr int parts_ahead_days = 14;  // for so long nobody needs to be able to make another

// Makes the parts from yesterday to parts_ahead_days from now that are missing; most times it only looks.
// Readers and writers go on meanwhile. Any number of hubs may do it at once. Errors: those of
// database::Database.
Result<void> prepare_payload_parts(database::Database& database, std::int64_t now_utc_ms);

// Retention: the sealed payloads of all days (UTC) that were over at `before_utc_ms`. What else is known of
// their records stays: envelope, signature, receipt. Error "hub.unfiled" (refuse): a department has yet to
// get one of them, or one is a dead letter; nothing was dropped. Writers go on meanwhile; interrupted, do it
// again.
Result<void> drop_payloads(database::Database& database, std::int64_t before_utc_ms);

}  // namespace bianmin::hub

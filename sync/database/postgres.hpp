// PostgreSQL 15 or later behind Database, and what speaks its protocol.
//
// A connection that is lost is opened again at the next use outside a transaction; a SELECT or the begin of a
// transaction that finds it lost is tried once more by itself. Inside a transaction everything from then on
// is "store.busy", and nothing of it was done. Results are held in memory as a whole: a query has a LIMIT.
// Every call ends within answer_timeout_ms (a migration: schema_timeout_ms), beside connect_timeout_ms for
// opening again.
#pragma once

#include <cstdint>
#include <vector>

#include "sync/database/database.hpp"

namespace bianmin::database {

constexpr int connect_timeout_ms = 5'000;
constexpr int connect_pause_ms = 250;   // after one that failed: callers get "store.busy" at once
constexpr int lock_timeout_ms = 5'000;  // kept by the server, as are the next two
constexpr int statement_timeout_ms = 10'000;
constexpr int idle_transaction_timeout_ms = 30'000;  // a process that hangs lets its locks go
constexpr int answer_timeout_ms = 15'000;            // kept here: then the connection is given up
constexpr int schema_timeout_ms = 600'000;
constexpr int migrate_wait_ms = 60'000;  // for another process that changes the schema

// `url`: as libpq takes it, "postgresql://hub@db.example/bianmin" or "service=bianmin". A password belongs
// into the file that ~/.pgpass or ?passfile= names. Over TCP the server's certificate is checked
// (sslmode=verify-full) unless the URL says otherwise.
// Brings the schema up to date as Database::open does; the version is kept in table schema_version. Of
// several processes that start at once, one does it and the others wait. Programs of the version before go on
// beside it, so a migration only adds.
Result<std::unique_ptr<Database>> connect(const std::string& url,
                                          std::span<const std::string_view> migrations,
                                          Access access = Access::read_write);

// Error "store.bad_url" (refuse) when libpq cannot read it.
Result<bool> has_password(const std::string& url);

// Of each host that libpq would try, with all that it reads beside the URL (services, PG… of the
// environment). Begins a connection and lets it go; nothing is waited for but the name. Error "store.bad_url"
// (refuse).
Result<std::vector<std::uint16_t>> server_ports(const std::string& url);

}  // namespace bianmin::database

// One SQLite file, safe against power cuts: WAL with synchronous=FULL, so a commit that returned is on disk.
//
// Thread-bound. Several processes may have the same file open: a writer waits up to busy_wait_ms for another.
// Errors, the same from every call:
//   "store.disk_full"  call staff   nothing was changed
//   "store.read_only"  call staff   the file or its folder cannot be written
//   "store.corrupt"    call staff   the file is damaged or no database
//   "store.busy"       retry later  another process held the file for too long
//   "store.io"         call staff   any other failure of the disk
//   "store.newer"      refuse       a newer program has changed the schema
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace bianmin::database {

constexpr int default_busy_wait_ms = 5'000;

enum class Access { read_write, read_only };

struct Options {
  Access access = Access::read_write;
  int busy_wait_ms = default_busy_wait_ms;
  bool check_integrity = false;  // reads the whole file; error "store.corrupt"
  const char* vfs = nullptr;     // SQLite's way to the disk; null: the system's. Tests name one that fails
};

class StatementCache;

// A statement that is being run; at its end it goes back to its database's cache. Columns count from 0,
// bindings from 1.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(std::int64_t value);  // the next parameter
  Statement& bind(std::uint64_t value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind(int value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind(std::string_view value);
  Statement& bind(const char* value) { return bind(std::string_view(value)); }
  Statement& bind(ByteView value);
  Statement& bind_null();

  Result<bool> step();  // true: a row is there
  Result<void> run();   // for statements without rows
  // For SELECTs of one number; 0 when there is no row.
  Result<std::int64_t> number();

  std::int64_t integer(int column) const;
  std::uint64_t unsigned_integer(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  std::string text(int column) const;
  Bytes bytes(int column) const;
  bool is_null(int column) const;

 private:
  friend class Database;
  Statement(std::shared_ptr<StatementCache> cache, sqlite3* database, sqlite3_stmt* statement,
            int prepare_code)
      : cache_(std::move(cache)), database_(database), statement_(statement), code_(prepare_code) {}
  std::shared_ptr<StatementCache> cache_;
  sqlite3* database_;
  sqlite3_stmt* statement_;
  int code_;  // the first failure of prepare or bind; step() reports it
  int next_parameter_ = 1;
};

class Database {
 public:
  // Opens or creates, and brings the schema up to date: migrations run in order, each in its own transaction,
  // counted in user_version. A created file is readable by its owner only.
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path,
                                                std::span<const std::string_view> migrations,
                                                const Options& options = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Statement prepare(std::string_view sql);     // compiled once, however often it is asked for
  Result<void> execute(std::string_view sql);  // one or more statements, no parameters
  std::int64_t changes() const;                // rows of the last statement
  std::int64_t last_row_id() const;
  // The most pages the file may have: how tests fill a disk.
  Result<void> limit_pages(std::int64_t page_count_max);

 private:
  explicit Database(sqlite3* handle);
  Result<void> set_up(std::span<const std::string_view> migrations, const Options& options);
  Result<void> enter_wal(int busy_wait_ms);
  Result<void> migrate(std::span<const std::string_view> migrations);
  sqlite3* handle_;
  std::shared_ptr<StatementCache> cache_;
};

// All or nothing: what is not committed is undone at the end.
class Transaction {
 public:
  // Takes the write lock at once, so that a read inside stays true until the commit.
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace bianmin::database

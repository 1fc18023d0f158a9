// The one door to a database: an SQLite file, or a PostgreSQL server (postgres.hpp). Who uses it does not
// know which; its SQL is what both speak, with `?` or `?1` for parameters.
//
// A commit that returned is on disk: SQLite with WAL and synchronous=FULL, PostgreSQL with what its operator
// has set up for it (never without waiting for its own disk).
//
// Thread-bound. Several processes may have the same database open. On a file, one of them writes at a time
// and the others wait up to busy_wait_ms; on a server they write at the same time, and what must not change
// meanwhile is locked by prepare_locking().
// Errors, the same from every call:
//   "store.disk_full"  call staff   nothing was changed
//   "store.read_only"  call staff   the file or its folder cannot be written
//   "store.corrupt"    call staff   the file is damaged or no database
//   "store.busy"       retry later  another process held it for too long, or was quicker; the server is away,
//                                   restarts or does not answer. Out of commit() alone it may have been done:
//                                   do it again in a way that does nothing twice
//   "store.taken"      refuse       another row has that key; nothing was changed
//   "store.no_access"  call staff   the server wants another name or password
//   "store.io"         call staff   any other failure
//   "store.newer"      refuse       a newer program has changed the schema
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync/database/engine.hpp"
#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::database {

constexpr int default_busy_wait_ms = 5'000;

enum class Access { read_write, read_only };

struct Options {
  Access access = Access::read_write;
  int busy_wait_ms = default_busy_wait_ms;
  bool check_integrity = false;  // reads the whole file; error "store.corrupt"
  bool bulk = false;             // many rows to a commit: large cache, rare checkpoints, gathered_log.hpp
  const char* vfs = nullptr;     // SQLite's way to the disk; null: the system's. Tests name one that fails
};

class StatementCache;

// A statement that is being run; at its end it goes back to its database's cache. Columns count from 0,
// bindings from 1.
class Statement {
 public:
  Statement(Statement&& other) noexcept = default;
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
  // For INSERT … RETURNING of one number, to its end; 0 when there is no row.
  Result<std::int64_t> returned_number();

  std::int64_t integer(int column) const { return statement_->integer(column); }
  std::uint64_t unsigned_integer(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  std::string text(int column) const { return text_of(statement_->bytes(column)); }
  Bytes bytes(int column) const;
  bool is_null(int column) const { return statement_->is_null(column); }

 private:
  friend class Database;
  friend class Transaction;
  Statement(std::shared_ptr<StatementCache> cache, std::unique_ptr<EngineStatement> statement)
      : cache_(std::move(cache)), statement_(std::move(statement)) {}
  std::shared_ptr<StatementCache> cache_;
  std::unique_ptr<EngineStatement> statement_;
};

class Database {
 public:
  // Opens or creates, and brings the schema up to date: migrations run in order, each in its own transaction,
  // counted in user_version. A created file is readable by its owner only.
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path,
                                                std::span<const std::string_view> migrations,
                                                const Options& options = {});
  explicit Database(std::unique_ptr<Engine> engine);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Statement prepare(std::string_view sql);  // compiled once, however often it is asked for
  // A SELECT inside a transaction; its rows are nobody else's to change until the end of it.
  Statement prepare_locking(std::string_view select);
  Result<void> execute(std::string_view sql);  // one or more statements, no parameters
  std::int64_t changes() const;                // rows of the last INSERT, UPDATE or DELETE
  bool on_server() const { return engine_->on_server(); }
  // The most pages the file of SQLite may have: how tests fill a disk.
  Result<void> limit_pages(std::int64_t page_count_max);

 private:
  friend class Transaction;
  std::shared_ptr<StatementCache> cache_;
  std::unique_ptr<Engine> engine_;
};

// All or nothing: what is not committed is undone at the end. After an error inside, only its end is left.
// Statements that go with the begin or the commit run one after the other, with one journey there and back on
// a server. The first error ends it: those behind it were not run. What gives rows is read by step()
// afterwards; changes() says nothing of them.
class Transaction {
 public:
  // On a file this takes the write lock at once, so that a read inside stays true until the commit. On a
  // server it stays true for the rows that prepare_locking() has read.
  static Result<Transaction> begin(Database& database);
  static Result<Transaction> begin_with(Database& database, std::span<Statement> statements);
  // For reading alone: all of it is of one moment.
  static Result<Transaction> begin_reading(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();
  // After an error of one of them nothing is committed.
  Result<void> commit_with(std::span<Statement> statements);

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  static Result<Transaction> begin(Database& database, TransactionKind kind, std::span<Statement> statements);
  static std::vector<EngineStatement*> of_engine(std::span<Statement> statements);
  Database* database_;
};

}  // namespace bianmin::database

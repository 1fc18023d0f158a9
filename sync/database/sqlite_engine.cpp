#include "sync/database/sqlite_engine.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "sync/database/gathered_log.hpp"
#include "sync/database/sqlite_error.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::database {

namespace {

// For a file with many rows to a commit. Checkpoints are rarer than SQLite's 1,000 pages, because a page that
// changes in each commit is then copied back once for many. What a statement of many rows would need to be
// undone alone is kept in memory: SQLite would make a file for it each time (SQLite's doc, "Temporary Files",
// section 2.5).
constexpr int bulk_cache_kib = 32 * 1024;
constexpr int bulk_checkpoint_pages = 4'000;

// Shared with the statements, which may outlive the engine.
struct SqliteConnection {
  SqliteConnection() = default;
  ~SqliteConnection() { sqlite3_close_v2(handle); }
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  std::unique_ptr<GatheredLog> log;
  sqlite3* handle = nullptr;
};
using SharedConnection = std::shared_ptr<SqliteConnection>;

class SqliteStatement : public EngineStatement {
 public:
  SqliteStatement(SharedConnection connection, std::string_view sql)
      : connection_(std::move(connection)), database_(connection_->handle) {
    code_ = sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                               &statement_, nullptr);
  }
  ~SqliteStatement() override { sqlite3_finalize(statement_); }
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  std::string_view sql() const override { return sqlite3_sql(statement_); }

  void bind(std::int64_t value) override {
    if (code_ == SQLITE_OK) code_ = sqlite3_bind_int64(statement_, next_parameter_++, value);
  }
  void bind(std::string_view value) override {
    if (code_ != SQLITE_OK) return;
    code_ = sqlite3_bind_text(statement_, next_parameter_++, value.data(), static_cast<int>(value.size()),
                              SQLITE_TRANSIENT);
  }
  void bind(ByteView value) override {
    static constexpr std::uint8_t nothing = 0;  // a null pointer would bind NULL instead of no bytes
    if (code_ != SQLITE_OK) return;
    code_ = sqlite3_bind_blob(statement_, next_parameter_++, value.empty() ? &nothing : value.data(),
                              static_cast<int>(value.size()), SQLITE_TRANSIENT);
  }
  void bind_null() override {
    if (code_ == SQLITE_OK) code_ = sqlite3_bind_null(statement_, next_parameter_++);
  }

  Result<bool> step() override {
    if (code_ != SQLITE_OK) return sqlite_error(database_, code_);
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return sqlite_error(database_, sqlite3_extended_errcode(database_));
  }

  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  ByteView bytes(int column) const override {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return data == nullptr ? ByteView() : ByteView(data, size);
  }
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

  bool gives_rows() const override { return sqlite3_column_count(statement_) > 0; }

  bool reset() override {
    if (statement_ == nullptr) return false;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);  // they may hold copies of data
    code_ = SQLITE_OK;
    next_parameter_ = 1;
    return true;
  }

 private:
  SharedConnection connection_;
  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
  int code_;  // the first failure of prepare or bind; step() reports it
  int next_parameter_ = 1;
};

class SqliteEngine : public Engine {
 public:
  explicit SqliteEngine(SharedConnection connection)
      : connection_(std::move(connection)), handle_(connection_->handle) {}

  std::unique_ptr<EngineStatement> prepare(std::string_view sql) override {
    return std::make_unique<SqliteStatement>(connection_, sql);
  }
  std::string_view locking_words() const override { return {}; }  // a transaction has the file to itself

  bool on_server() const override { return false; }
  Result<void> execute(std::string_view sql) override {
    if (sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return sqlite_error(handle_, sqlite3_extended_errcode(handle_));
  }
  std::int64_t changes() const override { return sqlite3_changes64(handle_); }

  Result<void> begin_with(TransactionKind kind, Statements statements) override {
    auto done = kind == TransactionKind::reading ? execute("BEGIN") : run(begin_, "BEGIN IMMEDIATE");
    if (!done) return done;
    done = run_all(statements);
    if (!done) rollback();
    return done;
  }
  Result<void> commit_with(Statements statements) override {
    auto done = run_all(statements);
    return done ? run(commit_, "COMMIT") : done;
  }
  void rollback() override { (void)execute("ROLLBACK"); }

  Result<void> set_up(std::span<const std::string_view> migrations, const Options& options);

 private:
  static Result<void> run_all(Statements statements) {
    for (EngineStatement* one : statements) {
      if (one->gives_rows()) continue;
      if (auto done = one->step(); !done) return done.error();
    }
    return {};
  }
  Result<void> run(std::unique_ptr<EngineStatement>& statement, std::string_view sql) {
    if (!statement) statement = prepare(sql);
    auto done = statement->step();
    if (!statement->reset()) statement.reset();
    if (!done) return done.error();
    return {};
  }
  Result<std::int64_t> schema_version() {
    SqliteStatement query(connection_, "PRAGMA user_version");
    auto row = query.step();
    if (!row) return row.error();
    return query.integer(0);
  }
  Result<void> enter_wal(int busy_wait_ms);
  Result<void> enter_bulk() {
    return execute(
        fmt::format("PRAGMA cache_size=-{}; PRAGMA wal_autocheckpoint={}; PRAGMA temp_store=MEMORY;",
                    bulk_cache_kib, bulk_checkpoint_pages));
  }
  Result<void> migrate(std::span<const std::string_view> migrations);
  Result<void> migrate_inside(std::span<const std::string_view> migrations);
  SharedConnection connection_;
  sqlite3* handle_;
  std::unique_ptr<EngineStatement> begin_;
  std::unique_ptr<EngineStatement> commit_;
};

Result<void> SqliteEngine::set_up(std::span<const std::string_view> migrations, const Options& options) {
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, options.busy_wait_ms);
  // A damaged file must give an error instead of following its own schema into harm.
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  // Nor may closing it throw away a WAL out of which somebody may still read what is left.
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (auto done = execute("PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON;");
      !done) {
    return done;
  }
  if (options.access == Access::read_write) {
    if (auto done = enter_wal(options.busy_wait_ms); !done) return done;
    if (sqlite3_db_readonly(handle_, "main") == 1) {
      return Error{Remedy::call_staff, "store.read_only", "the file opens for reading only"};
    }
  }
  if (options.check_integrity) {
    SqliteStatement check(connection_, "PRAGMA quick_check(1)");
    auto row = check.step();
    if (!row) return row.error();
    if (text_of(check.bytes(0)) != "ok") {
      return Error{Remedy::call_staff, "store.corrupt", text_of(check.bytes(0))};
    }
  }
  if (options.access == Access::read_only) return {};
  if (auto done = migrate(migrations); !done) return done;
  // After that: a migration may sort more than fits into memory.
  if (auto done = options.bulk ? enter_bulk() : Result<void>(); !done) return done;
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  return {};
}

// SQLite does not wait by itself while another process turns a new file to WAL.
Result<void> SqliteEngine::enter_wal(int busy_wait_ms) {
  constexpr int pause_ms = 10;
  for (int waited_ms = 0;; waited_ms += pause_ms) {
    auto done = execute("PRAGMA synchronous=FULL; PRAGMA journal_mode=WAL;");
    if (done || done.error().code != "store.busy" || waited_ms >= busy_wait_ms) return done;
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
  }
}

Result<void> SqliteEngine::migrate(std::span<const std::string_view> migrations) {
  auto version = schema_version();
  if (!version) return version.error();
  if (static_cast<std::size_t>(*version) == migrations.size()) return {};
  if (auto begun = begin_with(TransactionKind::writing, {}); !begun) return begun;
  auto done = migrate_inside(migrations);
  if (done) done = commit_with({});
  if (!done) rollback();
  return done;
}

Result<void> SqliteEngine::migrate_inside(std::span<const std::string_view> migrations) {
  auto version = schema_version();  // another process may have been quicker
  if (!version) return version.error();
  if (*version < 0 || static_cast<std::size_t>(*version) > migrations.size()) {
    return Error{Remedy::refuse, "store.newer", "schema version " + std::to_string(*version)};
  }
  for (auto at = static_cast<std::size_t>(*version); at < migrations.size(); ++at) {
    if (auto done = execute(migrations[at]); !done) return done;
  }
  return execute("PRAGMA user_version=" + std::to_string(migrations.size()));
}

}  // namespace

Result<std::unique_ptr<Engine>> open_sqlite(const std::filesystem::path& path,
                                            std::span<const std::string_view> migrations,
                                            const Options& options) {
  const bool writes = options.access == Access::read_write;
  if (writes && options.vfs == nullptr) {  // before SQLite does, for the mode and for a clear error
    const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    // A file that is there is not opened here: closing it would take the locks away from all connections that
    // this process has to it (POSIX), and the next one that closes elsewhere would delete their WAL.
    if (!file.valid() && (errno != EEXIST || ::access(path.c_str(), R_OK | W_OK) != 0)) {
      const bool forbidden = errno == EROFS || errno == EACCES || errno == EPERM;
      const bool full = errno == ENOSPC || errno == EDQUOT;
      const auto code = forbidden ? "store.read_only" : full ? "store.disk_full" : "store.io";
      return Error{Remedy::call_staff, code, file_error(path, errno).detail};
    }
  }
  auto connection = std::make_shared<SqliteConnection>();
  if (writes && options.bulk) connection->log = GatheredLog::before(options.vfs);
  const char* vfs = connection->log ? connection->log->name() : options.vfs;
  const int access = !writes                  ? SQLITE_OPEN_READONLY
                     : options.vfs == nullptr ? SQLITE_OPEN_READWRITE
                                              : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(path.c_str(), &connection->handle, access | SQLITE_OPEN_NOMUTEX, vfs);
  if (code != SQLITE_OK) return sqlite_error(connection->handle, code);
  auto engine = std::make_unique<SqliteEngine>(std::move(connection));
  if (auto ready = engine->set_up(migrations, options); !ready) return ready.error();
  return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace bianmin::database

#include "sync/database/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <map>
#include <thread>

#include "terminal/base/files.hpp"

namespace bianmin::database {

namespace {

Error error_of(sqlite3* handle, int code) {
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
    default:
      break;
  }
  if (system_error == ENOSPC || system_error == EDQUOT)
    return {Remedy::call_staff, "store.disk_full", detail};
  if (system_error == EROFS || system_error == EACCES) return {Remedy::call_staff, "store.read_only", detail};
  return {Remedy::call_staff, "store.io", detail + " (" + std::to_string(code) + ")"};
}

}  // namespace

// Compiled statements that nobody uses at the moment, by their text.
class StatementCache {
 public:
  StatementCache() = default;
  ~StatementCache() {
    for (auto& [text, statement] : idle_) sqlite3_finalize(statement);
  }
  StatementCache(const StatementCache&) = delete;
  StatementCache& operator=(const StatementCache&) = delete;

  sqlite3_stmt* take(std::string_view text) {
    const auto found = idle_.find(text);
    if (found == idle_.end()) return nullptr;
    sqlite3_stmt* statement = found->second;
    idle_.erase(found);
    return statement;
  }

  void give(sqlite3_stmt* statement) {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);  // they may hold copies of data
    if (idle_.size() < idle_max) {
      idle_.emplace(sqlite3_sql(statement), statement);
    } else {
      sqlite3_finalize(statement);
    }
  }

 private:
  static constexpr std::size_t idle_max = 64;
  std::multimap<std::string, sqlite3_stmt*, std::less<>> idle_;
};

Statement::Statement(Statement&& other) noexcept
    : cache_(std::move(other.cache_)),
      database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      code_(other.code_),
      next_parameter_(other.next_parameter_) {}

Statement::~Statement() {
  if (statement_ != nullptr) cache_->give(statement_);
}

Statement& Statement::bind(std::int64_t value) {
  if (code_ == SQLITE_OK) code_ = sqlite3_bind_int64(statement_, next_parameter_++, value);
  return *this;
}

Statement& Statement::bind(std::string_view value) {
  if (code_ == SQLITE_OK) {
    code_ = sqlite3_bind_text(statement_, next_parameter_++, value.data(), static_cast<int>(value.size()),
                              SQLITE_TRANSIENT);
  }
  return *this;
}

Statement& Statement::bind(ByteView value) {
  static constexpr std::uint8_t nothing = 0;  // a null pointer would bind NULL instead of no bytes
  if (code_ == SQLITE_OK) {
    code_ = sqlite3_bind_blob(statement_, next_parameter_++, value.empty() ? &nothing : value.data(),
                              static_cast<int>(value.size()), SQLITE_TRANSIENT);
  }
  return *this;
}

Statement& Statement::bind_null() {
  if (code_ == SQLITE_OK) code_ = sqlite3_bind_null(statement_, next_parameter_++);
  return *this;
}

Result<bool> Statement::step() {
  if (code_ != SQLITE_OK) return error_of(database_, code_);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return error_of(database_, sqlite3_extended_errcode(database_));
}

Result<void> Statement::run() {
  auto stepped = step();
  if (!stepped) return stepped.error();
  return {};
}

Result<std::int64_t> Statement::number() {
  auto row = step();
  if (!row) return row.error();
  return *row ? integer(0) : 0;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Statement::text(int column) const {
  const Bytes raw = bytes(column);
  return text_of(raw);
}

Bytes Statement::bytes(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? Bytes() : Bytes(data, data + size);
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path,
                                                 std::span<const std::string_view> migrations,
                                                 const Options& options) {
  const bool writes = options.access == Access::read_write;
  if (writes && options.vfs == nullptr) {  // before SQLite does, for the mode and for a clear error
    const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.valid()) {
      const bool forbidden = errno == EROFS || errno == EACCES || errno == EPERM;
      const bool full = errno == ENOSPC || errno == EDQUOT;
      const auto code = forbidden ? "store.read_only" : full ? "store.disk_full" : "store.io";
      return Error{Remedy::call_staff, code, file_error(path, errno).detail};
    }
  }
  sqlite3* handle = nullptr;
  const int access = !writes                  ? SQLITE_OPEN_READONLY
                     : options.vfs == nullptr ? SQLITE_OPEN_READWRITE
                                              : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, access | SQLITE_OPEN_NOMUTEX, options.vfs);
  std::unique_ptr<Database> database(new Database(handle));
  if (code != SQLITE_OK) return error_of(handle, code);
  if (auto ready = database->set_up(migrations, options); !ready) return ready.error();
  return database;
}

Result<void> Database::set_up(std::span<const std::string_view> migrations, const Options& options) {
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, options.busy_wait_ms);
  // A damaged file must give an error instead of following its own schema into harm.
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
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
    Statement check = prepare("PRAGMA quick_check(1)");
    auto row = check.step();
    if (!row) return row.error();
    if (check.text(0) != "ok") return Error{Remedy::call_staff, "store.corrupt", check.text(0)};
  }
  if (options.access == Access::read_only) return {};
  return migrate(migrations);
}

// SQLite does not wait by itself while another process turns a new file to WAL.
Result<void> Database::enter_wal(int busy_wait_ms) {
  constexpr int pause_ms = 10;
  for (int waited_ms = 0;; waited_ms += pause_ms) {
    auto done = execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
    if (done || done.error().code != "store.busy" || waited_ms >= busy_wait_ms) return done;
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
  }
}

Result<void> Database::migrate(std::span<const std::string_view> migrations) {
  auto version = prepare("PRAGMA user_version").number();
  if (!version) return version.error();
  if (static_cast<std::size_t>(*version) == migrations.size()) return {};
  auto transaction = Transaction::begin(*this);
  if (!transaction) return transaction.error();
  version = prepare("PRAGMA user_version").number();  // another process may have been quicker
  if (!version) return version.error();
  if (*version < 0 || static_cast<std::size_t>(*version) > migrations.size()) {
    return Error{Remedy::refuse, "store.newer", "schema version " + std::to_string(*version)};
  }
  for (auto at = static_cast<std::size_t>(*version); at < migrations.size(); ++at) {
    if (auto done = execute(migrations[at]); !done) return done;
  }
  if (auto done = execute("PRAGMA user_version=" + std::to_string(migrations.size())); !done) return done;
  return transaction->commit();
}

Database::Database(sqlite3* handle) : handle_(handle), cache_(std::make_shared<StatementCache>()) {}

Database::~Database() { sqlite3_close_v2(handle_); }

Statement Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = cache_->take(sql);
  if (statement != nullptr) return {cache_, handle_, statement, SQLITE_OK};
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  return {cache_, handle_, statement, code};
}

Result<void> Database::execute(std::string_view sql) {
  if (sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return error_of(handle_, sqlite3_extended_errcode(handle_));
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

std::int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(handle_); }

Result<void> Database::limit_pages(std::int64_t page_count_max) {
  return execute("PRAGMA max_page_count=" + std::to_string(page_count_max));
}

Result<Transaction> Transaction::begin(Database& database) {
  if (auto begun = database.prepare("BEGIN IMMEDIATE").run(); !begun) return begun.error();
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_ != nullptr) (void)database_->execute("ROLLBACK");
}

Result<void> Transaction::commit() {
  auto done = database_->prepare("COMMIT").run();
  if (done) database_ = nullptr;
  return done;
}

}  // namespace bianmin::database

#include "sync/database/database.hpp"

#include <map>
#include <vector>

#include "sync/database/sqlite_engine.hpp"

namespace bianmin::database {

// Compiled statements that nobody uses at the moment, by their text.
class StatementCache {
 public:
  std::unique_ptr<EngineStatement> take(std::string_view text) {
    const auto found = idle_.find(text);
    if (found == idle_.end()) return nullptr;
    auto statement = std::move(found->second);
    idle_.erase(found);
    return statement;
  }

  void give(std::unique_ptr<EngineStatement> statement) {
    if (!statement->reset() || idle_.size() >= idle_max) return;
    const std::string_view text = statement->sql();
    idle_.emplace(text, std::move(statement));
  }

 private:
  static constexpr std::size_t idle_max = 256;
  std::multimap<std::string, std::unique_ptr<EngineStatement>, std::less<>> idle_;
};

Statement::~Statement() {
  if (statement_) cache_->give(std::move(statement_));
}

Statement& Statement::bind(std::int64_t value) {
  statement_->bind(value);
  return *this;
}

Statement& Statement::bind(std::string_view value) {
  statement_->bind(value);
  return *this;
}

Statement& Statement::bind(ByteView value) {
  statement_->bind(value);
  return *this;
}

Statement& Statement::bind_null() {
  statement_->bind_null();
  return *this;
}

Result<bool> Statement::step() { return statement_->step(); }

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

Result<std::int64_t> Statement::returned_number() {
  auto value = number();
  if (!value) return value;
  auto end = step();  // SQLite commits here
  if (!end) return end.error();
  return value;
}

Bytes Statement::bytes(int column) const {
  const ByteView view = statement_->bytes(column);
  return {view.begin(), view.end()};
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path,
                                                 std::span<const std::string_view> migrations,
                                                 const Options& options) {
  auto engine = open_sqlite(path, migrations, options);
  if (!engine) return engine.error();
  return std::make_unique<Database>(std::move(engine).value());
}

Database::Database(std::unique_ptr<Engine> engine)
    : cache_(std::make_shared<StatementCache>()), engine_(std::move(engine)) {}

Database::~Database() = default;

Statement Database::prepare(std::string_view sql) {
  auto statement = cache_->take(sql);
  return {cache_, statement ? std::move(statement) : engine_->prepare(sql)};
}

Statement Database::prepare_locking(std::string_view select) {
  const std::string_view words = engine_->locking_words();
  return words.empty() ? prepare(select) : prepare(std::string(select).append(words));
}

Result<void> Database::execute(std::string_view sql) { return engine_->execute(sql); }

std::int64_t Database::changes() const { return engine_->changes(); }

Result<void> Database::limit_pages(std::int64_t page_count_max) {
  return execute("PRAGMA max_page_count=" + std::to_string(page_count_max));
}

Result<Transaction> Transaction::begin(Database& database, TransactionKind kind,
                                       std::span<Statement> statements) {
  auto begun = database.engine_->begin_with(kind, of_engine(statements));
  if (!begun) return begun.error();
  return Transaction(database);
}

Result<Transaction> Transaction::begin(Database& database) {
  return begin(database, TransactionKind::writing, {});
}

Result<Transaction> Transaction::begin_with(Database& database, std::span<Statement> statements) {
  return begin(database, TransactionKind::writing, statements);
}

Result<Transaction> Transaction::begin_reading(Database& database) {
  return begin(database, TransactionKind::reading, {});
}

Transaction::~Transaction() {
  if (database_ != nullptr) database_->engine_->rollback();
}

Result<void> Transaction::commit() { return commit_with({}); }

Result<void> Transaction::commit_with(std::span<Statement> statements) {
  auto done = database_->engine_->commit_with(of_engine(statements));
  if (done) database_ = nullptr;
  return done;
}

std::vector<EngineStatement*> Transaction::of_engine(std::span<Statement> statements) {
  std::vector<EngineStatement*> all;
  all.reserve(statements.size());
  for (Statement& one : statements) all.push_back(one.statement_.get());
  return all;
}

}  // namespace bianmin::database

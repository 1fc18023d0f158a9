#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>
#include <vector>

#include "sync/database/placeholders.hpp"
#include "sync/database/postgres_connection.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::database {

namespace {

// The types that are spoken, by their numbers in PostgreSQL's catalogue (pg_type.dat). All travel in their
// binary form: integers big-endian, text and bytea as they are.
constexpr Oid oid_bool = 16;
constexpr Oid oid_bytea = 17;
constexpr Oid oid_name = 19;
constexpr Oid oid_int8 = 20;
constexpr Oid oid_int2 = 21;
constexpr Oid oid_int4 = 23;
constexpr Oid oid_text = 25;
constexpr Oid oid_varchar = 1043;
constexpr int binary = 1;
constexpr std::uint16_t usual_port = 5432;

bool is_spoken(Oid type) {
  constexpr Oid spoken[] = {oid_bool, oid_bytea, oid_name, oid_int8,
                            oid_int2, oid_int4,  oid_text, oid_varchar};
  return std::ranges::find(spoken, type) != std::end(spoken);
}

class PostgresStatement : public EngineStatement {
 public:
  PostgresStatement(std::shared_ptr<PostgresConnection> connection, std::string_view sql)
      : connection_(std::move(connection)), sql_(sql), translated_(numbered_placeholders(sql)) {}
  ~PostgresStatement() override { forget_prepared(); }
  PostgresStatement(const PostgresStatement&) = delete;
  PostgresStatement& operator=(const PostgresStatement&) = delete;

  std::string_view sql() const override { return sql_; }

  void bind(std::int64_t value) override {
    Bytes bytes(sizeof value);
    const auto number = static_cast<std::uint64_t>(value);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      bytes[at] = static_cast<std::uint8_t>(number >> (8 * (bytes.size() - 1 - at)));
    }
    values_.push_back({oid_int8, std::move(bytes)});
  }
  void bind(std::string_view value) override { values_.push_back({oid_text, bytes_of(value)}); }
  void bind(ByteView value) override { values_.push_back({oid_bytea, Bytes(value.begin(), value.end())}); }
  void bind_null() override { values_.push_back({0, std::nullopt}); }

  Result<bool> step() override {
    if (!answer_) {
      if (auto done = run(); !done) return done.error();
    }
    return ++row_ < PQntuples(answer_.get());
  }

  std::int64_t integer(int column) const override {
    ByteView value = bytes(column);
    if (value.size() > sizeof(std::int64_t) || value.empty()) return 0;
    const bool negative = value.size() > 1 && (value[0] & 0x80U) != 0;
    std::uint64_t number = negative ? UINT64_MAX : 0;
    for (const std::uint8_t byte : value) number = (number << 8U) | byte;
    return static_cast<std::int64_t>(number);
  }
  ByteView bytes(int column) const override {
    if (!has(column)) return {};
    const char* data = PQgetvalue(answer_.get(), row_, column);
    return view_of(
        std::string_view(data, static_cast<std::size_t>(PQgetlength(answer_.get(), row_, column))));
  }
  bool is_null(int column) const override {
    return !has(column) || PQgetisnull(answer_.get(), row_, column) == 1;
  }

  bool gives_rows() const override { return answer_ && PQnfields(answer_.get()) > 0; }

  bool reset() override {
    answer_.reset();
    row_ = -1;
    values_.clear();
    return true;
  }

  // The parts of step(), for those that are run together.
  // Under the types that are bound now; NULL is of any.
  Result<void> prepare() {
    if (auto done = connection_->ready(); !done) return done;
    const auto same = [](const Value& value, Oid type) { return value.type == type || value.type == 0; };
    if (generation_ == connection_->generation() && std::ranges::equal(values_, types_, same)) return {};
    forget_prepared();
    types_.clear();
    for (const Value& value : values_) types_.push_back(value.type);
    name_ = fmt::format("s{}", connection_->next_name());
    auto answer = connection_->ask([&](PGconn* connection) {
      return PQsendPrepare(connection, name_.c_str(), translated_.c_str(), static_cast<int>(types_.size()),
                           types_.data());
    });
    if (!answer) return answer.error();
    generation_ = connection_->generation();
    return {};
  }
  int send(PGconn* connection) const {
    std::vector<const char*> data;
    std::vector<int> lengths;
    for (const Value& value : values_) {
      static constexpr char nothing = 0;  // a null pointer would be NULL instead of no bytes
      const char* bytes = value.bytes && !value.bytes->empty()
                              ? reinterpret_cast<const char*>(value.bytes->data())
                              : &nothing;
      data.push_back(value.bytes ? bytes : nullptr);
      lengths.push_back(value.bytes ? static_cast<int>(value.bytes->size()) : 0);
    }
    const std::vector<int> formats(values_.size(), binary);
    return PQsendQueryPrepared(connection, name_.c_str(), static_cast<int>(data.size()), data.data(),
                               lengths.data(), formats.data(), binary);
  }
  Result<void> keep(Answer answer) {
    for (int column = 0; column < PQnfields(answer.get()); ++column) {
      if (is_spoken(PQftype(answer.get(), column))) continue;
      return Error{Remedy::call_staff, "store.io", fmt::format("column {} is of a strange type", column)};
    }
    answer_ = std::move(answer);
    row_ = -1;
    return {};
  }

 private:
  struct Value {
    Oid type;
    std::optional<Bytes> bytes;  // without: NULL
  };

  bool has(int column) const {
    return answer_ && row_ >= 0 && row_ < PQntuples(answer_.get()) && column < PQnfields(answer_.get());
  }

  // A SELECT alone changes nothing, so it may be asked again when its connection was lost.
  Result<void> run() {
    const bool again = sql_.starts_with("SELECT") && !connection_->in_transaction();
    auto answer = run_once();
    if (!answer && again && !connection_->is_open()) answer = run_once();
    if (!answer) return answer.error();
    return keep(std::move(*answer));
  }

  Result<Answer> run_once() {
    if (auto done = prepare(); !done) return done.error();
    return connection_->ask([this](PGconn* connection) { return send(connection); });
  }

  void forget_prepared() {
    if (connection_->is_open() && generation_ == connection_->generation()) {
      (void)connection_->ask(("DEALLOCATE " + name_).c_str());
    }
    generation_ = 0;
  }

  std::shared_ptr<PostgresConnection> connection_;
  std::string sql_;
  std::string translated_;
  std::string name_;
  std::vector<Oid> types_;
  int generation_ = 0;  // in which it is prepared; 0: in none
  std::vector<Value> values_;
  Answer answer_;
  int row_ = -1;
};

class PostgresEngine : public Engine {
 public:
  explicit PostgresEngine(std::shared_ptr<PostgresConnection> connection)
      : connection_(std::move(connection)) {}
  ~PostgresEngine() override { connection_->close(); }
  PostgresEngine(const PostgresEngine&) = delete;
  PostgresEngine& operator=(const PostgresEngine&) = delete;

  std::unique_ptr<EngineStatement> prepare(std::string_view sql) override {
    return std::make_unique<PostgresStatement>(connection_, sql);
  }
  std::string_view locking_words() const override { return " FOR UPDATE"; }
  bool on_server() const override { return true; }
  Result<void> execute(std::string_view sql) override {
    if (auto done = connection_->ready(); !done) return done;
    auto answer = connection_->ask(std::string(sql).c_str(), schema_timeout_ms);
    if (!answer) return answer.error();
    return {};
  }
  std::int64_t changes() const override { return connection_->changes(); }
  // Once more, if the connection was lost since it was last used.
  Result<void> begin_with(TransactionKind kind, Statements statements) override {
    for (int attempt = 1;; ++attempt) {
      if (auto done = connection_->ready(); !done) return done;
      auto done = begin_once(kind, statements);
      if (done || connection_->is_open() || attempt == 2) return done;
    }
  }
  Result<void> commit_with(Statements statements) override {
    auto sends = prepare_all(statements);
    if (!sends) return sends.error();
    auto answers = connection_->commit_with(std::move(*sends));
    return answers ? keep_all(statements, *answers) : answers.error();
  }
  void rollback() override { connection_->rollback(); }

 private:
  using Sends = std::vector<PostgresConnection::Send>;
  static PostgresStatement& own(EngineStatement* one) {  // this engine made it
    return *static_cast<PostgresStatement*>(one);
  }
  static Result<Sends> prepare_all(Statements statements) {
    Sends sends;
    for (EngineStatement* one : statements) {
      if (auto done = own(one).prepare(); !done) return done.error();
      sends.emplace_back([one](PGconn* connection) { return own(one).send(connection); });
    }
    return sends;
  }
  static Result<void> keep_all(Statements statements, std::vector<Answer>& answers) {
    for (std::size_t at = 0; at < statements.size(); ++at) {
      if (auto kept = own(statements[at]).keep(std::move(answers[at])); !kept) return kept;
    }
    return {};
  }
  Result<void> begin_once(TransactionKind kind, Statements statements) {
    auto sends = prepare_all(statements);
    if (!sends) return sends.error();
    auto answers = connection_->begin_with(kind == TransactionKind::reading
                                               ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                               : "BEGIN ISOLATION LEVEL READ COMMITTED",
                                           std::move(*sends));
    auto done = answers ? keep_all(statements, *answers) : Result<void>(answers.error());
    if (!done) rollback();
    return done;
  }

  std::shared_ptr<PostgresConnection> connection_;
};

// -1: there is no schema yet.
Result<std::int64_t> schema_version(Database& database) {
  auto there = database.prepare(
      "SELECT count(*) FROM pg_tables WHERE tablename = 'schema_version' AND "
      "schemaname = current_schema()");
  auto count = there.number();
  if (!count) return count.error();
  if (*count == 0) return -1;
  return database.prepare("SELECT version FROM schema_version WHERE id = 1").number();
}

Result<void> migrate_once(Database& database, std::span<const std::string_view> migrations) {
  if (auto made =
          database.execute("CREATE TABLE IF NOT EXISTS schema_version (id BIGINT PRIMARY KEY, version "
                           "BIGINT NOT NULL); INSERT INTO schema_version VALUES (1, 0) ON CONFLICT DO "
                           "NOTHING");
      !made) {
    return made;
  }
  auto transaction = Transaction::begin(database);
  if (!transaction) return transaction.error();
  auto version = database.prepare_locking("SELECT version FROM schema_version WHERE id = 1").number();
  if (!version) return version.error();
  if (*version < 0 || static_cast<std::size_t>(*version) > migrations.size()) {
    return Error{Remedy::refuse, "store.newer", "schema version " + std::to_string(*version)};
  }
  if (auto done = database.execute(fmt::format("SET LOCAL statement_timeout = {}", schema_timeout_ms));
      !done) {
    return done;
  }
  for (auto at = static_cast<std::size_t>(*version); at < migrations.size(); ++at) {
    if (auto done = database.execute(migrations[at]); !done) return done;
  }
  auto update = database.prepare("UPDATE schema_version SET version = ? WHERE id = 1");
  if (auto done = update.bind(static_cast<std::int64_t>(migrations.size())).run(); !done) return done;
  return transaction->commit();
}

// Two processes that make the first table at once meet in the catalogue: "unique_violation".
Result<void> migrate(Database& database, std::span<const std::string_view> migrations) {
  constexpr int pause_ms = 100;
  for (int waited_ms = 0;; waited_ms += pause_ms) {
    auto version = schema_version(database);
    if (!version) return version.error();
    if (*version == static_cast<std::int64_t>(migrations.size())) return {};
    auto done = migrate_once(database, migrations);
    const bool again = !done && (done.error().code == "store.busy" || *version < 0);
    if (!again || waited_ms >= migrate_wait_ms) return done;
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
  }
}

}  // namespace

Result<std::unique_ptr<Database>> connect(const std::string& url,
                                          std::span<const std::string_view> migrations, Access access) {
  auto connection = std::make_shared<PostgresConnection>(url, access);
  if (auto opened = connection->ready(); !opened) return opened.error();
  auto database = std::make_unique<Database>(std::make_unique<PostgresEngine>(std::move(connection)));
  if (access == Access::read_only) return database;
  if (auto done = migrate(*database, migrations); !done) return done.error();
  return database;
}

Result<std::vector<std::uint16_t>> server_ports(const std::string& url) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> begun(PQconnectStart(url.c_str()), PQfinish);
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfo(begun.get()),
                                                                             PQconninfoFree);
  std::vector<std::uint16_t> ports;
  const PQconninfoOption* option = options.get();
  for (; option != nullptr && option->keyword != nullptr; ++option) {
    if (std::string_view(option->keyword) != "port" || option->val == nullptr) continue;
    for (const std::string_view one : split(option->val, ',')) {
      const auto number = parse_number(one, 1, UINT16_MAX);
      ports.push_back(number ? static_cast<std::uint16_t>(*number) : usual_port);
    }
  }
  if (ports.empty()) return Error{Remedy::refuse, "store.bad_url", "not a URL of a PostgreSQL database"};
  return ports;
}

Result<bool> has_password(const std::string& url) {
  char* why = nullptr;
  PQconninfoOption* options = PQconninfoParse(url.c_str(), &why);
  PQfreemem(why);
  // libpq's words would repeat the URL.
  if (options == nullptr) return Error{Remedy::refuse, "store.bad_url", "not a URL of a PostgreSQL database"};
  bool found = false;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    const bool given = option->val != nullptr && *option->val != '\0';
    found |= given && std::string_view(option->keyword) == "password";
  }
  PQconninfoFree(options);
  return found;
}

}  // namespace bianmin::database

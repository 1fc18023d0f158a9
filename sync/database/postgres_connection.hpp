// One connection to a PostgreSQL server with a deadline for everything, opened again when it is lost.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sync/database/postgres.hpp"

namespace bianmin::database {

struct FreeAnswer {
  void operator()(PGresult* answer) const { PQclear(answer); }
};
using Answer = std::unique_ptr<PGresult, FreeAnswer>;

// Thread-bound.
class PostgresConnection {
 public:
  PostgresConnection(std::string url, Access access) : url_(std::move(url)), access_(access) {}
  ~PostgresConnection() { close(); }
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  // Opens it unless it is open, or was lost inside a transaction.
  Result<void> ready();
  bool is_open() const { return connection_ != nullptr; }
  // Opened so many times: what was prepared before the last is gone.
  int generation() const { return generation_; }
  int next_name() { return ++name_count_; }

  // `send` calls one of PQsend…; waits for the answer. Any failure to send or to receive closes the
  // connection.
  Result<Answer> ask(const std::function<int(PGconn*)>& send, int timeout_ms = answer_timeout_ms);
  Result<Answer> ask(const char* sql, int timeout_ms = answer_timeout_ms);

  // Each of `sends` calls one PQsend… that takes parameters. One journey for all; answers in their order.
  // After one that failed the server runs none of the others: its error is returned.
  using Send = std::function<int(PGconn*)>;
  Result<std::vector<Answer>> ask_together(std::span<const Send> sends);

  // `begin`, and all of `sends` behind it. Its end is rollback() or commit_with(), after an error, too.
  Result<std::vector<Answer>> begin_with(const char* begin, std::vector<Send> sends);
  // All of `sends`, and COMMIT behind them.
  Result<std::vector<Answer>> commit_with(std::vector<Send> sends);
  void rollback();
  bool in_transaction() const { return in_transaction_; }
  std::int64_t changes() const { return changes_; }
  void close();

 private:
  using Time = std::chrono::steady_clock::time_point;
  Result<void> open();
  Result<void> handshake(Time until);
  Result<void> set_up();
  Result<Answer> receive(Time until);
  Result<void> receive_all(std::size_t count, Time until, std::vector<Answer>& answers);
  Result<void> check(const PGresult* answer);
  bool wait(int events, Time until) const;  // false: the time is up
  Error lost(const std::string& detail);

  std::string url_;
  Access access_;
  PGconn* connection_ = nullptr;
  int generation_ = 0;
  int name_count_ = 0;
  bool in_transaction_ = false;
  std::int64_t changes_ = 0;
  Time next_attempt_{};
};

}  // namespace bianmin::database

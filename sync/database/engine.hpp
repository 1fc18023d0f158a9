// What stands behind Database. Implementations: the one of sqlite_engine.hpp and the one of postgres.hpp.
//
// Thread-bound. Errors: those of database.hpp, from every call.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::database {

// A compiled statement. It may outlive its engine, to be thrown away.
class EngineStatement {
 public:
  virtual ~EngineStatement() = default;
  virtual std::string_view sql() const = 0;  // as it was given to Engine::prepare
  // The next parameter. A copy is taken. What cannot be bound is told by step().
  virtual void bind(std::int64_t value) = 0;
  virtual void bind(std::string_view value) = 0;
  virtual void bind(ByteView value) = 0;
  virtual void bind_null() = 0;
  virtual Result<bool> step() = 0;
  // Of the row that step() found.
  virtual std::int64_t integer(int column) const = 0;
  virtual ByteView bytes(int column) const = 0;  // until the next step
  virtual bool is_null(int column) const = 0;
  virtual bool gives_rows() const = 0;
  // Forgets bindings and rows. False: of no more use, throw it away.
  virtual bool reset() = 0;
};

enum class TransactionKind { writing, reading };

class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::unique_ptr<EngineStatement> prepare(std::string_view sql) = 0;
  // What stands behind a SELECT that keeps its rows as they are until the transaction ends.
  virtual std::string_view locking_words() const = 0;
  virtual bool on_server() const = 0;
  virtual Result<void> execute(std::string_view sql) = 0;
  virtual std::int64_t changes() const = 0;
  using Statements = std::span<EngineStatement* const>;
  // See Transaction. After an error of begin_with() there is no transaction; after one of commit_with() its
  // end is rollback().
  virtual Result<void> begin_with(TransactionKind kind, Statements statements) = 0;
  virtual Result<void> commit_with(Statements statements) = 0;
  virtual void rollback() = 0;  // no error: what is not committed never was
};

}  // namespace bianmin::database

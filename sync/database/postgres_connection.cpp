#include "sync/database/postgres_connection.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <array>
#include <cstdlib>

namespace bianmin::database {

namespace {

using SteadyClock = std::chrono::steady_clock;

// Of the server's own words only the first line: the others may hold values out of a row.
std::string first_line(const char* text) {
  const std::string_view whole = text != nullptr ? text : "";
  return std::string(whole.substr(0, whole.find('\n')));
}

struct Meaning {
  std::string_view state;  // the beginning of an SQLSTATE (PostgreSQL's manual, appendix A)
  Remedy remedy;
  std::string_view code;
};

constexpr std::array meanings = {
    Meaning{"53100", Remedy::call_staff, "store.disk_full"},
    Meaning{"53", Remedy::retry_later, "store.busy"},     // too many connections, no memory
    Meaning{"40", Remedy::retry_later, "store.busy"},     // serialization failure, deadlock
    Meaning{"55P03", Remedy::retry_later, "store.busy"},  // lock_timeout
    Meaning{"57", Remedy::retry_later, "store.busy"},     // statement_timeout, shutdown, starting up
    Meaning{"08000", Remedy::retry_later, "store.busy"},  // connection exceptions
    Meaning{"08003", Remedy::retry_later, "store.busy"},
    Meaning{"08006", Remedy::retry_later, "store.busy"},
    Meaning{"25P03", Remedy::retry_later, "store.busy"},  // idle_in_transaction_session_timeout
    Meaning{"23505", Remedy::refuse, "store.taken"},      // unique_violation
    Meaning{"25006", Remedy::call_staff, "store.read_only"},
    Meaning{"XX001", Remedy::call_staff, "store.corrupt"},
    Meaning{"XX002", Remedy::call_staff, "store.corrupt"},
    Meaning{"28", Remedy::call_staff, "store.no_access"},
    Meaning{"42501", Remedy::call_staff, "store.no_access"},
};

Error error_of(const PGresult* answer) {
  const char* field = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  const std::string_view state = field != nullptr ? field : "";
  const std::string detail =
      fmt::format("{} ({})", first_line(PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY)), state);
  for (const Meaning& meaning : meanings) {
    if (state.starts_with(meaning.state)) return {meaning.remedy, meaning.code, detail};
  }
  return {Remedy::call_staff, "store.io", detail};
}

bool good(const PGresult* answer) {
  const ExecStatusType status = PQresultStatus(answer);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY ||
         status == PGRES_PIPELINE_SYNC;
}

PostgresConnection::Send plain(const char* sql) {
  return [sql](PGconn* connection) {
    return PQsendQueryParams(connection, sql, 0, nullptr, nullptr, nullptr, nullptr, 0);
  };
}

}  // namespace

void PostgresConnection::close() {
  if (connection_ != nullptr) PQfinish(connection_);
  connection_ = nullptr;
}

Error PostgresConnection::lost(const std::string& detail) {
  close();
  return {Remedy::retry_later, "store.busy", "the connection is lost: " + detail};
}

Result<void> PostgresConnection::ready() {
  if (connection_ != nullptr) return {};
  if (in_transaction_) return lost("in the middle of a transaction");
  const Time now = SteadyClock::now();
  if (now < next_attempt_) return lost("and was not there a moment ago");
  auto opened = open();
  if (!opened) next_attempt_ = SteadyClock::now() + std::chrono::milliseconds(connect_pause_ms);
  return opened;
}

Result<void> PostgresConnection::open() {
  // What stands before dbname, the URL may say otherwise.
  const char* const keys[] = {"application_name", "sslmode", "tcp_user_timeout", "keepalives_idle", "dbname",
                              "client_encoding",  nullptr};
  const std::string give_up_ms = std::to_string(answer_timeout_ms);
  const char* const values[] = {"kiosk-hub", "verify-full", give_up_ms.c_str(), "15", url_.c_str(),
                                "UTF8",      nullptr};
  constexpr int expand_url = 1;
  connection_ = PQconnectStartParams(keys, values, expand_url);
  if (auto done = handshake(SteadyClock::now() + std::chrono::milliseconds(connect_timeout_ms)); !done)
    return done;
  ++generation_;
  return set_up();
}

Result<void> PostgresConnection::handshake(Time until) {
  if (connection_ == nullptr) return lost("no memory");
  PostgresPollingStatusType step = PGRES_POLLING_WRITING;
  if (PQstatus(connection_) == CONNECTION_BAD) step = PGRES_POLLING_FAILED;
  while (step != PGRES_POLLING_OK && step != PGRES_POLLING_FAILED) {
    if (!wait(step == PGRES_POLLING_READING ? POLLIN : POLLOUT, until)) {
      return lost("the server does not answer");
    }
    step = PQconnectPoll(connection_);
  }
  if (step == PGRES_POLLING_OK) return {};
  const bool password =
      PQconnectionNeedsPassword(connection_) == 1 || PQconnectionUsedPassword(connection_) == 1;
  Error error = lost(first_line(PQerrorMessage(connection_)));
  if (password) return Error{Remedy::call_staff, "store.no_access", std::move(error.detail)};
  return error;
}

Result<void> PostgresConnection::set_up() {
  if (PQsetnonblocking(connection_, 1) != 0) return lost("no way to wait for it");
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);  // not on stderr
  const std::string settings = fmt::format(
      "SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; "
      "SET default_transaction_read_only = {}; SHOW synchronous_commit",
      statement_timeout_ms, lock_timeout_ms, idle_transaction_timeout_ms,
      access_ == Access::read_only ? "on" : "off");
  auto answer = ask(settings.c_str());
  if (answer && PQntuples(answer->get()) == 1 && std::string_view(PQgetvalue(answer->get(), 0, 0)) == "off") {
    answer = ask("SET synchronous_commit = on");  // a receipt must not be quicker than the disk
  }
  if (answer) return {};
  close();
  return answer.error();
}

bool PostgresConnection::wait(int events, Time until) const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - SteadyClock::now()).count();
  pollfd waiting{PQsocket(connection_), static_cast<short>(events), 0};
  return left > 0 && ::poll(&waiting, 1, static_cast<int>(left)) > 0;
}

Result<Answer> PostgresConnection::ask(const std::function<int(PGconn*)>& send, int timeout_ms) {
  if (connection_ == nullptr) return lost("and was not opened");
  const Time until = SteadyClock::now() + std::chrono::milliseconds(timeout_ms);
  if (send(connection_) != 1) return lost(first_line(PQerrorMessage(connection_)));
  auto answer = receive(until);
  if (!answer) return answer;
  if (auto well = check(answer->get()); !well) return well.error();
  const std::string_view command = PQcmdStatus(answer->get());
  if (command.starts_with("INSERT") || command.starts_with("UPDATE") || command.starts_with("DELETE")) {
    changes_ = std::atoll(PQcmdTuples(answer->get()));
  }
  return answer;
}

Result<void> PostgresConnection::check(const PGresult* answer) {
  if (good(answer)) return {};
  const Error error = error_of(answer);
  if (PQstatus(connection_) != CONNECTION_OK) return lost(error.detail);
  return error;
}

// libpq's pipeline mode, for this one journey.
Result<std::vector<Answer>> PostgresConnection::ask_together(std::span<const Send> sends) {
  if (connection_ == nullptr) return lost("and was not opened");
  const Time until = SteadyClock::now() + std::chrono::milliseconds(answer_timeout_ms);
  bool sent = PQenterPipelineMode(connection_) == 1;
  for (const Send& send : sends) sent = sent && send(connection_) == 1;
  if (!sent || PQpipelineSync(connection_) != 1) return lost(first_line(PQerrorMessage(connection_)));
  std::vector<Answer> answers;
  auto received = receive_all(sends.size(), until, answers);
  if (connection_ != nullptr && PQexitPipelineMode(connection_) != 1) {
    return lost(first_line(PQerrorMessage(connection_)));
  }
  if (!received) return received.error();
  return answers;
}

// To the end of the journey, whatever has failed on it: then the connection can be used again.
Result<void> PostgresConnection::receive_all(std::size_t count, Time until, std::vector<Answer>& answers) {
  Result<void> well;
  for (std::size_t at = 0; at <= count; ++at) {  // the last answer is the pipeline's own
    auto answer = receive(until);
    if (!answer) return answer.error();
    if (well) well = check(answer->get());
    if (connection_ == nullptr) return well;
    if (at < count) answers.push_back(std::move(*answer));
  }
  return well;
}

Result<Answer> PostgresConnection::ask(const char* sql, int timeout_ms) {
  return ask([sql](PGconn* connection) { return PQsendQuery(connection, sql); }, timeout_ms);
}

// Of several results the last, or the one that failed.
Result<Answer> PostgresConnection::receive(Time until) {
  Answer last;
  for (;;) {
    for (int unsent = PQflush(connection_); unsent != 0; unsent = PQflush(connection_)) {
      if (unsent < 0) return lost(first_line(PQerrorMessage(connection_)));
      // The server may have to be read from before it reads on.
      if (!wait(POLLIN | POLLOUT, until)) return lost("the server takes nothing in");
      if (PQconsumeInput(connection_) != 1) return lost(first_line(PQerrorMessage(connection_)));
    }
    while (PQisBusy(connection_) == 1) {
      if (!wait(POLLIN, until)) return lost("the server does not answer");
      if (PQconsumeInput(connection_) != 1) return lost(first_line(PQerrorMessage(connection_)));
    }
    Answer next(PQgetResult(connection_));
    if (!next) break;
    if (!last || good(last.get())) last = std::move(next);
    if (PQstatus(connection_) == CONNECTION_BAD) break;
  }
  if (!last) return lost("no answer");
  return last;
}

Result<std::vector<Answer>> PostgresConnection::begin_with(const char* begin, std::vector<Send> sends) {
  sends.insert(sends.begin(), plain(begin));
  auto answers = ask_together(sends);
  in_transaction_ = is_open();  // if it has not begun, ROLLBACK does no harm
  if (answers) answers->erase(answers->begin());
  return answers;
}

// A transaction in which something has failed is rolled back by COMMIT, without an error.
Result<std::vector<Answer>> PostgresConnection::commit_with(std::vector<Send> sends) {
  if (!in_transaction_ || connection_ == nullptr) return lost("in the middle of a transaction");
  sends.push_back(plain("COMMIT"));
  auto answers = ask_together(sends);
  if (!answers) return answers;
  in_transaction_ = false;
  if (std::string_view(PQcmdStatus(answers->back().get())) == "COMMIT") return answers;
  return Error{Remedy::retry_later, "store.busy", "the transaction had failed before"};
}

void PostgresConnection::rollback() {
  if (in_transaction_ && connection_ != nullptr && !ask("ROLLBACK").ok()) close();
  in_transaction_ = false;
}

}  // namespace bianmin::database

#include "sync/hub/backup/backup_server.hpp"

#include "sync/database/postgres.hpp"
#include "terminal/base/child_process.hpp"

namespace bianmin::hub {

namespace {

std::int64_t size_or_nothing(const std::filesystem::path& path) {
  std::error_code none;
  const auto size = std::filesystem::file_size(path, none);
  return none ? 0 : static_cast<std::int64_t>(size);
}

Result<void> refuse_password(const std::string& url) {
  auto password = database::has_password(url);
  if (!password) return password.error();
  if (!*password) return {};
  return Error{Remedy::refuse, "hub.password_in_url", "put it into ~/.pgpass, or ?passfile="};
}

// `look` is called every backup_program_look_ms.
Result<void> run_to_its_end(const std::vector<std::string>& words,
                            const std::function<Result<void>()>& look) {
  Command command;
  command.words = words;
  auto program = ChildProcess::start(command);
  if (!program) {
    return Error{Remedy::call_staff, "backup.no_program",
                 words.front() + " is needed: install PostgreSQL's client programs (postgresql-client)"};
  }
  for (std::int64_t waited_ms = 0; waited_ms < backup_program_timeout_ms;
       waited_ms += backup_program_look_ms) {
    const auto ended = program->wait(backup_program_look_ms);
    if (ended && ended->clean()) return {};
    if (ended) break;
    if (auto fine = look(); !fine) return fine;
  }
  return Error{Remedy::call_staff, "backup.program_failed", words.front()};
}

}  // namespace

Result<void> dump_server_database(database::Database& database, const std::string& url,
                                  const std::filesystem::path& to, const BackupProgress& progress) {
  if (auto fine = refuse_password(url); !fine) return fine;
  std::string snapshot;
  {
    auto exported = database.prepare("SELECT pg_export_snapshot()");
    auto row = exported.step();
    if (!row) return row.error();
    snapshot = exported.text(0);
  }
  return run_to_its_end({"pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--no-password",
                         "--snapshot=" + snapshot, "--file=" + to.string(), "--dbname=" + url},
                        [&]() -> Result<void> {
                          progress("hub.dump", size_or_nothing(to), 0);
                          auto alive = database.prepare("SELECT 1").number();
                          if (!alive) return alive.error();
                          return {};
                        });
}

Result<void> restore_server_database(const std::string& url, const std::filesystem::path& from,
                                     const BackupProgress& progress) {
  if (auto fine = refuse_password(url); !fine) return fine;
  {
    auto database = database::connect(url, {}, database::Access::read_only);
    if (!database) return database.error();
    auto tables = (*database)->prepare(
        "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')");
    auto count = tables.number();
    if (!count) return count.error();
    if (*count > 0) {
      return Error{Remedy::refuse, "backup.database_not_empty", "it has tables: nothing is overwritten"};
    }
  }
  return run_to_its_end({"pg_restore", "--single-transaction", "--exit-on-error", "--no-owner",
                         "--no-privileges", "--no-password", "--dbname=" + url, from.string()},
                        [&] {
                          progress("hub.dump into the database", 0, 0);
                          return Result<void>();
                        });
}

}  // namespace bianmin::hub

#include "tests/sync/hub/test_database.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "sync/database/postgres.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::test {

namespace {

constexpr const char* server_programs = "/usr/lib/postgresql/15/bin/";
constexpr int server_start_ms = 30'000;

// What a hub writes, without the schema: to make one anew takes a second.
constexpr std::string_view emptied =
    "DELETE FROM enrolment; DELETE FROM record; DELETE FROM known_record; DELETE FROM rated_case; "
    "DELETE FROM payload; DELETE FROM quarantine; DELETE FROM case_file; DELETE FROM department_entry; "
    "DELETE FROM filing; DELETE FROM department_cursor; DELETE FROM certificate; "
    "DELETE FROM operator_event; DELETE FROM gap; DELETE FROM proof_tree; DELETE FROM proof_tile; "
    "DELETE FROM proof_leaf; DELETE FROM proof_head; DELETE FROM proof_stamp; ALTER TABLE enrolment ALTER "
    "COLUMN enrolment_no RESTART; "
    "ALTER TABLE department_entry ALTER COLUMN entry_no RESTART; "
    "ALTER TABLE operator_event ALTER COLUMN id RESTART;";

// The server that all cases of a test program share. Nothing of it has to outlive the machine.
struct SharedServer {
  TempFolder folder;
  PostgresServer server{folder / "data",
                        {"fsync=off", "full_page_writes=off", "autovacuum=off", "wal_level=minimal",
                         "max_wal_senders=0", "jit=off"}};
  std::vector<std::string> idle;
  int made_count = 0;

  static SharedServer& get() {
    static SharedServer shared;
    return shared;
  }
};

}  // namespace

bool on_postgresql() {
  const char* text = std::getenv("BIANMIN_TEST_DATABASE");
  return text != nullptr && std::string_view(text) == "postgresql";
}

PostgresServer::PostgresServer(const std::filesystem::path& data, std::vector<std::string> settings)
    : data_(data), settings_(std::move(settings)) {
  std::string name = (std::filesystem::temp_directory_path() / "bianmin-pg-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  folder_ = name;
  std::filesystem::create_directories(data_);
  const std::string owner = ::geteuid() == 0 ? "chown postgres " + folder_.string() + " " + data_.string() +
                                                   " && chmod 711 " + data_.parent_path().string() + " && "
                                             : "";
  std::string command = owner;
  for (const auto& word : as_its_user({std::string(server_programs) + "initdb", "-D", data_.string(), "-U",
                                       "bianmin", "--auth=trust", "--waldir=" + (folder_ / "wal").string(),
                                       "--no-sync", "--no-locale", "-E", "UTF8"})) {
    command += word + " ";
  }
  const auto made = run_command(command);
  if (made.exit_code != 0) FAIL("initdb: " << made.output);
  start();
}

PostgresServer::~PostgresServer() {
  stop(SIGQUIT);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::string> PostgresServer::as_its_user(std::vector<std::string> command) const {
  if (::geteuid() != 0) return command;
  std::vector<std::string> words = {"/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres",
                                    "--clear-groups", "--pdeathsig=QUIT"};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

void PostgresServer::start() {
  std::vector<std::string> words = {std::string(server_programs) + "postgres", "-D", data_.string()};
  std::vector<std::string> settings = {"listen_addresses=", "unix_socket_directories=" + folder_.string()};
  settings.insert(settings.end(), settings_.begin(), settings_.end());
  for (const auto& setting : settings) {
    words.emplace_back("-c");
    words.push_back(setting);
  }
  process_ = Process(as_its_user(std::move(words)), folder_ / "log");
  for (int waited_ms = 0; waited_ms < server_start_ms; waited_ms += 20) {
    if (database::connect(url("postgres"), {})) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  FAIL("PostgreSQL does not start: " << log());
}

void PostgresServer::stop(int signal) {
  if (process_.running()) process_.stop(signal);
}

std::string PostgresServer::url(const std::string& database) const {
  return fmt::format("postgresql:///{}?host={}&user=bianmin", database, folder_.string());
}

void PostgresServer::make_database(const std::string& name) {
  must(must(database::connect(url("postgres"), {}))->execute("CREATE DATABASE " + name));
}

std::string PostgresServer::log() const {
  auto bytes = read_file(folder_ / "log", 1U << 24U);
  return bytes ? text_of(*bytes) : std::string();
}

std::string new_database() {
  SharedServer& shared = SharedServer::get();
  const std::string name = fmt::format("test_{}", ++shared.made_count);
  shared.server.make_database(name);
  return shared.server.url(name);
}

TestDatabase::TestDatabase() {
  if (!on_postgresql()) return;
  SharedServer& shared = SharedServer::get();
  if (shared.idle.empty()) {
    url_ = new_database();
    return;
  }
  url_ = shared.idle.back();
  shared.idle.pop_back();
  const auto database = must(database::connect(url_, {}, database::Access::read_only));
  must(database->execute("SET default_transaction_read_only = off"));
  must(database->execute(emptied));
}

TestDatabase::~TestDatabase() {
  if (!url_.empty()) SharedServer::get().idle.push_back(url_);
}

}  // namespace bianmin::test

#include "tests/fakes/postgres_server.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "sync/database/postgres.hpp"
#include "terminal/base/files.hpp"
#include "tests/piped_process.hpp"

namespace bianmin::test {

namespace {

constexpr const char* server_programs = "/usr/lib/postgresql/15/bin/";
constexpr int server_start_ms = 30'000;

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "{}\n", why);
  std::abort();
}

}  // namespace

PostgresServer::PostgresServer(const std::filesystem::path& data, std::vector<std::string> settings)
    : data_(data), settings_(std::move(settings)) {
  std::string name = (std::filesystem::temp_directory_path() / "bianmin-pg-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  folder_ = name;
  std::filesystem::create_directories(data_);
  if (::geteuid() == 0) {
    const passwd* owner = ::getpwnam("postgres");
    if (owner == nullptr) give_up("there is no user postgres");
    for (const auto& path : {folder_, data_}) {
      if (::chown(path.c_str(), owner->pw_uid, owner->pw_gid) != 0) give_up("chown " + path.string());
    }
    std::filesystem::permissions(data_.parent_path(), std::filesystem::perms(0711));
    std::filesystem::permissions(folder_, std::filesystem::perms(0711));  // for clients without capabilities
  }
  Process initdb(as_its_user({std::string(server_programs) + "initdb", "-D", data_.string(), "-U", "bianmin",
                              "--auth=trust", "--waldir=" + (folder_ / "wal").string(), "--no-sync",
                              "--no-locale", "-E", "UTF8"}),
                 folder_ / "initdb.log");
  if (const int status = initdb.stop(0); status != 0)
    give_up(fmt::format("initdb ended with {}; may its user enter {}?", status, folder_.string()));
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
  give_up("PostgreSQL does not start: " + log());
}

void PostgresServer::stop(int signal) {
  if (process_.running()) process_.stop(signal);
}

std::string PostgresServer::url(const std::string& database) const {
  return fmt::format("postgresql:///{}?host={}&user=bianmin", database, folder_.string());
}

void PostgresServer::make_database(const std::string& name) {
  auto connected = database::connect(url("postgres"), {});
  if (!connected) give_up(connected.error().text());
  if (auto made = (*connected)->execute("CREATE DATABASE " + name); !made) give_up(made.error().text());
}

std::string PostgresServer::log() const {
  auto bytes = read_file(folder_ / "log", 1U << 24U);
  return bytes ? text_of(*bytes) : std::string();
}

}  // namespace bianmin::test

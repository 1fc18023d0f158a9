#include "sync/hub/confinement.hpp"

#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "sync/custody/key_folder.hpp"
#include "sync/custody/token.hpp"
#include "sync/database/postgres.hpp"
#include "sync/hub/store/hub_store.hpp"
#include "sync/seal/profile.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/landlock.hpp"
#include "terminal/base/syscall_filter.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::hub {

namespace fs = std::filesystem;

namespace {

constexpr std::array system_places = {"/etc",
                                      "/usr",
                                      "/lib",
                                      "/lib64",
                                      "/proc/self",
                                      "/proc/sys",
                                      "/dev/null",
                                      "/dev/urandom",
                                      "/dev/random",
                                      "/run/systemd/resolve",
                                      "/sys/devices/system/cpu"};
constexpr std::array ingest_files = {"server.crt", "server.key",  "ca.crt",      "ca.key",
                                     "seal.pub",   "receipt.key", "receipt.pub", "departments.json"};
constexpr std::array database_files = {"hub.db", "hub.db-wal", "hub.db-shm"};
constexpr std::uint16_t name_service_port = 53;  // for answers that are too long for UDP
constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

Error cannot_confine(const char* what) {
  return {Remedy::call_staff, "hub.cannot_confine", std::string(what) + ": " + std::strerror(errno)};
}

// libpq's own files.
std::vector<fs::path> postgres_places() {
  std::vector<fs::path> places;
  if (const char* file = std::getenv("PGPASSFILE")) places.emplace_back(file);
  if (const char* home = std::getenv("HOME")) {
    places.emplace_back(fs::path(home) / ".pgpass");
    places.emplace_back(fs::path(home) / ".postgresql");
  }
  return places;
}

std::uint16_t port_of(std::string_view url) {
  const std::string_view host = url.substr(0, url.find_first_of("/?", url.find("://") + 3));
  const std::size_t colon = host.rfind(':');
  const auto number = parse_number(host.substr(colon + 1), 1, UINT16_MAX);
  if (number) return static_cast<std::uint16_t>(*number);
  return url.starts_with("https") ? https_port : http_port;
}

bool holds(const fs::path& outer, const fs::path& inner) {
  std::error_code failed;
  const auto relative = fs::relative(inner, outer, failed);
  return !failed && !relative.empty() && *relative.begin() != "..";
}

// What programs of the system read, without the place that is to be out of reach.
bool allow_system(Ruleset& rules, const fs::path& out_of_reach) {
  bool good = true;
  for (const char* place : system_places) {
    if (holds(place, out_of_reach)) continue;
    good &= rules.allow(place, place == std::string_view("/dev/null") ? reading_writing : only_reading);
  }
  return good;
}

bool allow_database(Ruleset& rules, const fs::path& hub_folder, const fs::path& keys, bool with_server) {
  bool good = rules.allow(hub_folder / hub_settings_file, only_reading);
  for (const char* name : database_files) good &= rules.allow(hub_folder / name, reading_writing);
  good &= rules.allow(hub_folder / "tmp", own_folder);
  if (!with_server) return good;
  for (const auto& place : postgres_places()) {
    if (!holds(place, keys)) good &= rules.allow(place, only_reading);
  }
  return good;
}

bool allow_ingest(Ruleset& rules, const fs::path& hub_folder, const fs::path& keys, bool with_server) {
  bool good = allow_system(rules, keys) && allow_database(rules, hub_folder, keys, with_server);
  for (const char* name : ingest_files) good &= rules.allow(hub_folder / name, only_reading);
  for (const std::string_view profile : seal::profile_names) {
    const auto folder = custody::profile_folder(hub_folder, profile);
    if (folder != hub_folder) good &= rules.allow(folder, only_reading);
  }
  return good;
}

bool allow_custody(Ruleset& rules, const fs::path& hub_folder, const custody::TokenSettings* token) {
  bool good = allow_system(rules, hub_folder) && rules.allow(custody::custody_folder(hub_folder), own_folder);
  if (token == nullptr) return good;
  good &= rules.allow(token->module, only_reading) && rules.allow(token->pin_file, only_reading);
  for (const auto& place : custody::places_of(*token)) good &= rules.allow(place, own_folder);
  return good;
}

bool allow_filing(Ruleset& rules, const fs::path& hub_folder, const FilingNeeds& needs, bool with_server) {
  const fs::path keys = custody::custody_folder(hub_folder);
  bool good = allow_system(rules, keys) && allow_database(rules, hub_folder, keys, with_server);
  for (const auto& file : needs.files) {
    // In a folder of its own a file may be replaced by a newer one.
    const fs::path folder = file.parent_path();
    good &= rules.allow(holds(folder, keys) ? file : folder, only_reading);
  }
  for (const std::uint16_t port : needs.ports) good &= rules.allow_connecting(port);
  return good;
}

// A mount table of this process's own, in which nothing is where the keys are. Only root may.
bool shade(const fs::path& keys) {
  return ::geteuid() == 0 && ::unshare(CLONE_NEWNS) == 0 &&
         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("none", keys.c_str(), "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
                 "size=4k,mode=000") == 0;
}

bool drop_capabilities() {
  for (unsigned long one = 0; ::prctl(PR_CAPBSET_READ, one, 0, 0, 0) >= 0; ++one) {
    ::prctl(PR_CAPBSET_DROP, one, 0, 0, 0);
  }
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0;
}

}  // namespace

void guard_memory() {
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

void prepare_confinement(const fs::path& hub_folder) {
  std::error_code failed;
  const fs::path folder = hub_folder / "tmp";
  fs::create_directory(folder, failed);
  if (!failed) fs::permissions(folder, fs::perms::owner_all, failed);
  ::setenv("SQLITE_TMPDIR", folder.c_str(), 1);
}

namespace {

bool database_on_server(const fs::path& hub_folder) {
  std::error_code failed;
  return !fs::exists(hub_folder / "hub.db", failed);
}

// What all three take from themselves.
Result<Confined> begin_confinement(const fs::path& shaded, const char* without_landlock, Log& log) {
  Confined confined;
  confined.shaded = !shaded.empty() && shade(shaded);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return cannot_confine("no_new_privs");
  if (!drop_capabilities()) return cannot_confine("capabilities");
  confined.landlock_abi = landlock_abi();
  if (confined.landlock_abi == 0)
    log.write(LogLevel::warning, "hub", "not-confined", {{"why", without_landlock}});
  return confined;
}

Result<Confined> end_confinement(const Ruleset& rules, bool allowed, const Confined& confined, Log& log) {
  if (!rules.valid()) return cannot_confine("landlock");
  if (!allowed) return cannot_confine("landlock rule");
  if (!rules.enforce()) return cannot_confine("landlock");
  log.write(LogLevel::info, "hub", "confined",
            {{"landlock", std::to_string(confined.landlock_abi)},
             {"shaded", confined.shaded ? "1" : "0"},
             {"offline", confined.offline ? "1" : "0"}});
  return confined;
}

}  // namespace

Result<Confined> confine_ingest(const fs::path& hub_folder, Log& log) {
  const fs::path keys = custody::custody_folder(hub_folder);
  auto confined = begin_confinement(keys, "this kernel has no Landlock: give custody a user of its own", log);
  if (!confined || confined->landlock_abi == 0) return confined;
  const bool with_server = database_on_server(hub_folder);
  Ruleset rules(confined->landlock_abi, with_server ? Connecting::anywhere : Connecting::where_allowed);
  return end_confinement(rules, allow_ingest(rules, hub_folder, keys, with_server), *confined, log);
}

Result<Confined> confine_custody(const fs::path& hub_folder, Log& log) {
  const auto token = custody::load_token_settings(custody::custody_folder(hub_folder));
  const bool online = token && token->network;
  auto confined =
      begin_confinement({}, "this kernel has no Landlock: custody reaches all files of its user", log);
  if (!confined) return confined;
  if (!online) confined->offline = forbid_network();
  if (!online && !confined->offline) {
    log.write(LogLevel::warning, "hub", "not-confined",
              {{"why", "this kernel does not filter calls: custody has the network"}});
  }
  if (confined->landlock_abi == 0) return confined;
  Ruleset rules(confined->landlock_abi, online ? Connecting::anywhere : Connecting::where_allowed);
  return end_confinement(rules, allow_custody(rules, hub_folder, token ? &*token : nullptr), *confined, log);
}

Result<Confined> confine_filing(const fs::path& hub_folder, const FilingNeeds& needs, Log& log) {
  auto confined = begin_confinement(custody::custody_folder(hub_folder),
                                    "this kernel has no Landlock: give filing a user of its own", log);
  if (!confined || confined->landlock_abi == 0) return confined;
  Ruleset rules(confined->landlock_abi, Connecting::where_allowed);
  const bool allowed = allow_filing(rules, hub_folder, needs, database_on_server(hub_folder));
  return end_confinement(rules, allowed, *confined, log);
}

FilingNeeds needs_of_filing(const departments::DepartmentBook& book, std::string_view database_url) {
  FilingNeeds needs;
  needs.ports.push_back(name_service_port);
  for (const auto& [name, settings] : book.departments()) {
    if (settings.kind == departments::DepartmentKind::reg) continue;
    for (const auto& file : {settings.client.authority, settings.client.certificate, settings.client.key}) {
      if (!file.empty()) needs.files.push_back(fs::absolute(file).lexically_normal());
    }
    for (const std::string* url : {&settings.rest.url, &settings.rest.states_url, &settings.x_road.url}) {
      if (!url->empty()) needs.ports.push_back(port_of(*url));
    }
  }
  if (database_url.empty()) return needs;
  const auto ports = database::server_ports(std::string(database_url));
  if (ports) needs.ports.insert(needs.ports.end(), ports->begin(), ports->end());
  return needs;
}

}  // namespace bianmin::hub

#include "sync/hub/confinement.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "sync/custody/key_folder.hpp"
#include "sync/seal/profile.hpp"
#include "terminal/base/landlock.hpp"

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
constexpr std::array hub_files = {"hub.conf", "server.crt",  "server.key",  "ca.crt",          "ca.key",
                                  "seal.pub", "receipt.key", "receipt.pub", "departments.json"};
constexpr std::array database_files = {"hub.db", "hub.db-wal", "hub.db-shm"};

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

bool holds(const fs::path& outer, const fs::path& inner) {
  std::error_code failed;
  const auto relative = fs::relative(inner, outer, failed);
  return !failed && !relative.empty() && *relative.begin() != "..";
}

bool allow_all(Landlock& rules, const fs::path& hub_folder, const fs::path& keys, bool with_server) {
  bool good = true;
  for (const char* name : hub_files) good &= rules.allow(hub_folder / name, Landlock::read_only);
  for (const char* name : database_files) good &= rules.allow(hub_folder / name, Landlock::read_write);
  for (const std::string_view profile : seal::profile_names) {
    const auto folder = custody::profile_folder(hub_folder, profile);
    if (folder != hub_folder) good &= rules.allow(folder, Landlock::read_only);
  }
  good &= rules.allow(hub_folder / "tmp", Landlock::own_folder);
  for (const char* place : system_places) {
    if (!holds(place, keys))
      good &= rules.allow(
          place, place == std::string_view("/dev/null") ? Landlock::read_write : Landlock::read_only);
  }
  if (!with_server) return good;
  for (const auto& place : postgres_places()) {
    if (!holds(place, keys)) good &= rules.allow(place, Landlock::read_only);
  }
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

Result<Confined> confine_ingest(const fs::path& hub_folder, Log& log) {
  Confined confined;
  const fs::path keys = custody::custody_folder(hub_folder);
  confined.shaded = shade(keys);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return cannot_confine("no_new_privs");
  if (!drop_capabilities()) return cannot_confine("capabilities");
  confined.landlock_abi = Landlock::abi();
  if (confined.landlock_abi == 0) {
    log.write(LogLevel::warning, "hub", "not-confined",
              {{"why", "this kernel has no Landlock: give custody a user of its own"}});
    return confined;
  }
  std::error_code failed;
  const bool with_server = !fs::exists(hub_folder / "hub.db", failed);
  Landlock rules(confined.landlock_abi, with_server);
  if (!rules.valid()) return cannot_confine("landlock");
  if (!allow_all(rules, hub_folder, keys, with_server)) return cannot_confine("landlock rule");
  if (!rules.enforce()) return cannot_confine("landlock");
  log.write(LogLevel::info, "hub", "confined",
            {{"landlock", std::to_string(confined.landlock_abi)}, {"shaded", confined.shaded ? "1" : "0"}});
  return confined;
}

}  // namespace bianmin::hub

// Somebody who has taken over custody, or who files records. It does what `kiosk-hub custody` or `kiosk-hub
// file` does, with the same functions, up to the point where that begins its work; then it tries to get at
// what it has no business with, and whether it can still do its work. It says how each try ended: "KIND WHAT
// RESULT", the result "ok", a code, or an errno's name.
//
//   insider HUB_FOLDER custody|file confined|free|old PORT
//
// "free" leaves the confinement out: that the tries would succeed without it. "old" is a kernel without
// Landlock. PORT: where somebody listens who is no department.
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <iterator>

#include "sync/custody/key_folder.hpp"
#include "sync/custody/logged_custody.hpp"
#include "sync/departments/department_book.hpp"
#include "sync/hub/confinement.hpp"
#include "sync/hub/store/hub_keys.hpp"
#include "sync/hub/store/hub_store.hpp"

namespace {

using namespace bianmin;
namespace fs = std::filesystem;

void say(const std::string& kind, const std::string& what, const std::string& result) {
  fmt::print("{} {} {}\n", kind, what, result);
  std::fflush(stdout);
}

void say_errno(const std::string& kind, const std::string& what, bool succeeded) {
  say(kind, what, succeeded ? "ok" : ::strerrorname_np(errno));
}

template <typename T>
void say_result(const std::string& kind, const std::string& what, const Result<T>& result) {
  say(kind, what, result ? "ok" : std::string(result.error().code));
}

// As a kernel does that knows nothing of Landlock.
void forget_landlock() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_landlock_create_ruleset, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{static_cast<unsigned short>(std::size(program)), program};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}

void try_file(const fs::path& path) {
  const FileDescriptor read(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  say_errno("open", path.filename(), read.valid());
}

void try_to_make(const fs::path& path) {
  const FileDescriptor made(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  say_errno("make", path.filename(), made.valid());
  if (made.valid()) ::unlink(path.c_str());
}

void try_to_list(const fs::path& folder, const std::string& name) {
  DIR* open = ::opendir(folder.c_str());
  say_errno("list", name, open != nullptr && ::readdir(open) != nullptr);
  if (open != nullptr) ::closedir(open);
}

void try_to_run() {
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl("/bin/true", "true", nullptr);
    ::_exit(errno == EACCES ? 1 : 2);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  say("run", "program", WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "ok" : "EACCES");
}

void try_to_connect(const std::string& what, std::uint16_t port) {
  const FileDescriptor out(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!out.valid()) return say_errno("connect", what, false);
  sockaddr_in there{};
  there.sin_family = AF_INET;
  there.sin_port = htons(port);
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  say_errno("connect", what, ::connect(out.get(), reinterpret_cast<sockaddr*>(&there), sizeof there) == 0);
}

void try_network(std::uint16_t port) {
  try_to_connect("elsewhere", port);
  const FileDescriptor listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr address{};
  address.sa_family = AF_INET;
  say_errno("bind", "tcp", listening.valid() && ::bind(listening.get(), &address, sizeof address) == 0);
  const FileDescriptor datagrams(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  say_errno("socket", "udp", datagrams.valid());
  const FileDescriptor near(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  say_errno("socket", "unix", near.valid());
}

void try_process(pid_t pid) {
  const FileDescriptor memory(::open(fmt::format("/proc/{}/mem", pid).c_str(), O_RDONLY | O_CLOEXEC));
  say_errno("mem", "other", memory.valid());
  const bool attached = ::ptrace(PTRACE_ATTACH, pid, nullptr, nullptr) == 0;
  say_errno("ptrace", "other", attached);
  if (!attached) return;
  ::waitpid(pid, nullptr, 0);
  ::ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
}

// Some other process of this user, which waits for a word, replaces the keys, and answers.
struct Other {
  Other(const fs::path& folder) {
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
    pid = ::fork();
    if (pid != 0) return;
    ::close(ends[0]);
    for (char byte = 0; ::read(ends[1], &byte, 1) == 1;) {
      byte = hub::HubKeys::rotate(folder).ok() ? 'y' : 'n';
      (void)!::write(ends[1], &byte, 1);
    }
    ::_exit(0);
  }
  // It ends by itself: who is confined may not signal it.
  ~Other() {
    ::close(ends[0]);
    ::close(ends[1]);
    ::waitpid(pid, nullptr, 0);
  }
  bool rotate() const {
    char byte = 'r';
    return ::write(ends[0], &byte, 1) == 1 && ::read(ends[0], &byte, 1) == 1 && byte == 'y';
  }
  pid_t pid = -1;
  int ends[2] = {-1, -1};
};

void try_places(const fs::path& folder, const Other& other, std::uint16_t port) {
  for (const char* name : {"server.key", "ca.key", "receipt.key"}) try_file(folder / name);
  try_file(folder.parent_path() / "t" / "device.key");
  try_to_list(folder, "hub");
  try_to_make(folder / "new.txt");
  try_to_make(folder.parent_path() / "elsewhere.txt");
  try_to_run();
  try_process(other.pid);
  try_network(port);
}

struct Stored {
  record::RecordId id{};
  Bytes payload;
};

Result<Stored> any_record(database::Database& database) {
  auto query = database.prepare(
      "SELECT r.record_id, p.payload FROM record r JOIN payload p ON p.terminal_id = r.terminal_id AND "
      "p.epoch = "
      "r.epoch AND p.seq = r.seq LIMIT 1");
  auto row = query.step();
  if (!row) return row.error();
  if (!*row) return Error{Remedy::refuse, "test.no_record", {}};
  Stored stored;
  const Bytes id = query.bytes(0);
  std::copy_n(id.begin(), std::min(id.size(), stored.id.size()), stored.id.begin());
  stored.payload = query.bytes(1);
  return stored;
}

int fail(const Error& error) {
  fmt::print(stderr, "insider: {}\n", error.text());
  return 1;
}

void say_confined(const hub::Confined& confined) {
  say("confined", "abi", std::to_string(confined.landlock_abi));
  say("confined", "offline", confined.offline ? "yes" : "no");
}

int be_custody(const fs::path& folder, bool confine, std::uint16_t port) {
  const SystemClock clock;
  Log log(clock, stdout);
  auto database = hub::open_hub_database(folder);
  if (!database) return fail(database.error());
  auto stored = any_record(**database);
  if (!stored) return fail(stored.error());
  database->reset();
  const Other other(folder);
  hub::guard_memory();
  auto keys = custody::LocalCustody::load(folder);
  if (!keys) return fail(keys.error());
  auto openings = custody::OpeningsLog::open(custody::custody_folder(folder), clock, 1);  // each line a file
  if (!openings) return fail(openings.error());
  if (confine) {
    auto confined = hub::confine_custody(folder, log);
    if (!confined) return fail(confined.error());
    say_confined(*confined);
  }
  try_file(folder / "hub.conf");
  if (fs::exists(folder / "hub.db")) try_file(folder / "hub.db");
  try_places(folder, other, port);
  custody::LoggedCustody custody(**keys, **openings, {::getuid(), ::getpid()});
  say_result("work", "open", custody.open_record(stored->id, stored->payload, {"filing", "insider"}));
  say_result("work", "open-again", custody.open_record(stored->id, stored->payload, {"filing", "insider"}));
  const auto profile = seal::Profile::named(record::profile_international);
  if (!profile) return 1;
  const auto before = custody.newest_key(**profile);
  if (!before || !other.rotate()) return 1;
  const auto newest = custody.newest_key(**profile);
  say("work", "newer-key", newest && newest->number == before->number + 1 ? "ok" : "no");
  return 0;
}

int be_filing(const fs::path& folder, bool confine, std::uint16_t port) {
  const SystemClock clock;
  Log log(clock, stdout);
  hub::prepare_confinement(folder);
  const Other other(folder);
  hub::guard_memory();
  auto book = departments::DepartmentBook::load(folder);
  if (!book) return fail(book.error());
  auto url = hub::hub_database_url(folder);
  if (!url) return fail(url.error());
  const auto needs = hub::needs_of_filing(*book, *url);
  auto database = hub::open_hub_database(folder);
  if (!database) return fail(database.error());
  if (confine) {
    auto confined = hub::confine_filing(folder, needs, log);
    if (!confined) return fail(confined.error());
    say_confined(*confined);
  }
  try_file(custody::custody_folder(folder) / "seal.key");
  try_file(custody::custody_folder(folder) / custody::openings_name);
  try_to_list(custody::custody_folder(folder), "custody");
  say_result("keys", "own", custody::OpeningKeys::load(custody::custody_folder(folder)));
  try_places(folder, other, port);
  for (const auto& [name, settings] : book->departments()) {
    try_file(settings.client.authority);
    try_file(settings.client.key);
    try_to_connect("department", static_cast<std::uint16_t>(std::atoi(settings.rest.url.c_str() +
                                                                      settings.rest.url.rfind(':') + 1)));
  }
  say_result("work", "read", any_record(**database));
  say_result("work", "write", (*database)->execute("UPDATE filing SET lease = lease"));
  const auto again = hub::open_hub_database(folder);
  say("work", "open-again", again ? "ok" : std::string(again.error().code));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const std::string how = argv[3];
  if (how == "old") forget_landlock();
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[4]));
  return std::string(argv[2]) == "custody" ? be_custody(argv[1], how != "free", port)
                                           : be_filing(argv[1], how != "free", port);
}

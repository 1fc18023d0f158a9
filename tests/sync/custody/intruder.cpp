// Somebody who has taken over the process that takes records in. It does what `kiosk-hub serve` does, with
// the same functions, up to the point where that begins to serve; then it tries to get at what custody keeps,
// and says how each try ended: "KIND WHAT RESULT", the result "ok", a code, or an errno's name.
//
//   intruder HUB_FOLDER KIOSK_HUB confined|free
//
// "free" leaves the confinement out: that the tries would succeed without it.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "sync/custody/client.hpp"
#include "sync/custody/key_folder.hpp"
#include "sync/hub/confinement.hpp"
#include "sync/hub/household.hpp"
#include "sync/hub/store/hub_keys.hpp"
#include "sync/hub/store/hub_store.hpp"

namespace {

using namespace bianmin;
namespace fs = std::filesystem;

void say(const std::string& kind, const std::string& what, const std::string& result) {
  fmt::print("{} {} {}\n", kind, what, result);
}

void say_errno(const std::string& kind, const std::string& what, bool succeeded) {
  say(kind, what, succeeded ? "ok" : ::strerrorname_np(errno));
}

constexpr std::size_t command_line_max = 1U << 21U;

// Of the household: pid and command.
std::vector<std::pair<pid_t, std::string>> relatives(const std::string& folder) {
  std::vector<std::pair<pid_t, std::string>> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto read = read_file(entry.path() / "cmdline", command_line_max);
    const std::string words = read ? text_of(*read) : std::string();  // it has ended meanwhile
    for (const std::string command : {"supervise", "custody", "file"}) {
      const std::string begins = std::string("kiosk-hub") + '\0' + command + '\0' + folder + '\0';
      if (words.starts_with(begins)) found.emplace_back(std::stoi(name), command);
    }
  }
  return found;
}

void try_file(const fs::path& path) {
  const FileDescriptor read(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  say_errno("open", path.filename(), read.valid());
  const FileDescriptor write(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  say_errno("write", path.filename(), write.valid());
  struct stat status {};
  say_errno("stat", path.filename(), ::stat(path.c_str(), &status) == 0);
}

void try_folder(const fs::path& folder) {
  DIR* open = ::opendir(folder.c_str());
  const bool listed = open != nullptr && ::readdir(open) != nullptr;
  say_errno("list", folder.filename(), listed);
  if (open != nullptr) ::closedir(open);
  const fs::path new_file = folder / "new.key";
  const FileDescriptor made(::open(new_file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  say_errno("make", folder.filename(), made.valid());
  if (made.valid()) ::unlink(new_file.c_str());
  const fs::path elsewhere = folder.parent_path() / "moved";
  const bool moved = ::rename(folder.c_str(), elsewhere.c_str()) == 0;
  say_errno("move", folder.filename(), moved);
  if (moved) ::rename(elsewhere.c_str(), folder.c_str());
}

void try_process(pid_t pid, const std::string& who) {
  const std::string proc = fmt::format("/proc/{}/", pid);
  for (const char* file : {"mem", "environ", "maps"}) {
    const FileDescriptor fd(::open((proc + file).c_str(), O_RDONLY | O_CLOEXEC));
    say_errno(file, who, fd.valid());
  }
  DIR* descriptors = ::opendir((proc + "fd").c_str());
  say_errno("fds", who, descriptors != nullptr);
  if (descriptors != nullptr) ::closedir(descriptors);
  char byte = 0;
  iovec here{&byte, 1};
  iovec there{reinterpret_cast<void*>(0x400000), 1};  // NOLINT: whether it may, not what is there
  say_errno("vm", who, ::process_vm_readv(pid, &here, 1, &there, 1, 0) >= 0 || errno == EFAULT);
  const auto pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  const FileDescriptor owned(pidfd);
  const FileDescriptor stolen(static_cast<int>(::syscall(SYS_pidfd_getfd, pidfd, 3, 0)));
  say_errno("steal", who, stolen.valid());
  say_errno("signal", who, ::kill(pid, 0) == 0);
  const bool attached = ::ptrace(PTRACE_ATTACH, pid, nullptr, nullptr) == 0;
  say_errno("ptrace", who, attached);
  if (!attached) return;
  ::waitpid(pid, nullptr, 0);
  ::ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
}

void try_contents(const fs::path& folder, int judge_door, database::Database& database) {
  const SystemClock clock;
  auto query = database.prepare(
      "SELECT r.record_id, p.payload FROM record r JOIN payload p ON p.terminal_id = r.terminal_id AND "
      "p.epoch "
      "= r.epoch AND p.seq = r.seq LIMIT 1");
  auto row = query.step();
  if (!row || !*row) return say("content", "database", row ? "empty" : std::string(row.error().code));
  record::RecordId id{};
  const Bytes id_bytes = query.bytes(0);
  std::copy_n(id_bytes.begin(), std::min(id_bytes.size(), id.size()), id.begin());
  const Bytes payload = query.bytes(1);
  const auto ask = [&](const std::string& what, custody::Connect way) {
    custody::CustodyClient client(std::move(way), clock, 2'000);
    const auto content = client.open_record(id, payload, {"filing", "intruder"});
    say("content", what, content ? "ok" : std::string(content.error().code));
  };
  ask("judge-door", custody::connect_through(judge_door));
  ask("judge.sock", custody::connect_to(folder / "run" / "judge" / "judge.sock"));
  ask("open.sock", custody::connect_to(folder / "run" / "open" / "open.sock"));
  // Any other descriptor that this process has may be a door.
  for (int fd = 3; fd < 256; ++fd) {
    int type = 0;
    socklen_t size = sizeof type;
    if (fd == judge_door || ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0) continue;
    ask(fmt::format("descriptor-{}", fd), custody::connect_through(fd));
  }
  auto own = custody::OpeningKeys::load(custody::custody_folder(folder));
  say("content", "own-keys", own ? "ok" : std::string(own.error().code));
}

void try_network() {
  const FileDescriptor listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr address{};
  address.sa_family = AF_INET;
  say_errno("bind", "tcp", ::bind(listening.get(), &address, sizeof address) == 0);
}

int fail(const Error& error) {
  fmt::print(stderr, "intruder: {}\n", error.text());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const fs::path folder(argv[1]);
  const SystemClock clock;
  Log log(clock, stderr);
  hub::prepare_confinement(folder);
  auto household = hub::Household::start(folder, argv[2]);
  if (!household) return fail(household.error());
  auto keys = hub::HubKeys::load(folder);
  if (!keys) return fail(keys.error());
  auto database = hub::open_hub_database(folder);
  if (!database) return fail(database.error());

  const auto others = relatives(folder.string());
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(custody::custody_folder(folder))) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }

  if (std::string(argv[3]) == "confined") {
    auto confined = hub::confine_ingest(folder, log);
    if (!confined) return fail(confined.error());
    say("confined", confined->shaded ? "shaded" : "seen", std::to_string(confined->landlock_abi));
  }
  for (const fs::path& file : files) try_file(file);
  try_folder(custody::custody_folder(folder));
  try_folder(custody::custody_folder(folder) / "gm-1");
  for (const auto& [pid, who] : others) try_process(pid, who);
  try_contents(folder, (*household)->judge_door(), **database);
  try_network();
  custody::CustodyClient client(custody::connect_through((*household)->judge_door()), clock);
  say("verdicts", "judge-door", client.wait_until_there() ? "ok" : "away");
  std::fflush(stdout);
  return 0;
}

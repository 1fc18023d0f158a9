#include "terminal/base/landlock.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <iterator>
#include <vector>

namespace bianmin {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t fs_ioctl_dev = 1ULL << 15U;  // ABI 5
constexpr std::uint64_t net_bind_tcp = 1ULL << 0U;   // ABI 4
constexpr std::uint64_t net_connect_tcp = 1ULL << 1U;
constexpr std::uint64_t scope_abstract_socket = 1ULL << 0U;  // ABI 6
constexpr std::uint64_t scope_signal = 1ULL << 1U;
constexpr int rule_net_port = 2;

constexpr std::uint64_t of_files = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                   LANDLOCK_ACCESS_FS_EXECUTE | landlock_truncate;

constexpr std::uint32_t second_numbers = 0x40000000;  // of x86-64: the same calls once more

struct RulesetAttributes {
  std::uint64_t handled_fs;
  std::uint64_t handled_net;
  std::uint64_t scoped;
};

struct PortAttributes {
  std::uint64_t allowed_access;
  std::uint64_t port;
};

#if defined(__x86_64__)
constexpr std::uint32_t this_processor = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t this_processor = AUDIT_ARCH_AARCH64;
#elif defined(__loongarch__) && defined(AUDIT_ARCH_LOONGARCH64)
constexpr std::uint32_t this_processor = AUDIT_ARCH_LOONGARCH64;
#elif defined(__riscv) && defined(AUDIT_ARCH_RISCV64)
constexpr std::uint32_t this_processor = AUDIT_ARCH_RISCV64;
#else
constexpr std::uint32_t this_processor = 0;
#endif

}  // namespace

int landlock_abi() {
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi < 0 ? 0 : static_cast<int>(abi);
}

Ruleset::Ruleset(int abi, Connecting connecting) {
  RulesetAttributes attributes{(LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1, 0, 0};
  if (abi >= 2) attributes.handled_fs |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3) attributes.handled_fs |= landlock_truncate;
  if (abi >= 5) attributes.handled_fs |= fs_ioctl_dev;
  if (abi >= 4) {
    attributes.handled_net =
        connecting == Connecting::anywhere ? net_bind_tcp : net_bind_tcp | net_connect_tcp;
  }
  if (abi >= 6) attributes.scoped = scope_abstract_socket | scope_signal;
  handled_fs_ = attributes.handled_fs;
  handled_net_ = attributes.handled_net;
  const std::size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
  fd_.reset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0)));
}

bool Ruleset::allow(const fs::path& path, std::uint64_t access) {
  const FileDescriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!place.valid()) return true;
  std::error_code failed;
  if (!fs::is_directory(path, failed)) access &= of_files;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = access & handled_fs_;
  rule.parent_fd = place.get();
  return ::syscall(SYS_landlock_add_rule, fd_.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

bool Ruleset::allow_connecting(std::uint16_t port) {
  if ((handled_net_ & net_connect_tcp) == 0) return true;
  const PortAttributes rule{net_connect_tcp, port};
  return ::syscall(SYS_landlock_add_rule, fd_.get(), rule_net_port, &rule, 0) == 0;
}

bool Ruleset::enforce() const { return ::syscall(SYS_landlock_restrict_self, fd_.get(), 0) == 0; }

bool forbid_calls(std::span<const long> calls) {
  if (this_processor == 0) return false;
  constexpr std::uint32_t refuse = SECCOMP_RET_ERRNO | EPERM;
  std::vector<sock_filter> program = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, this_processor, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, refuse),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, second_numbers, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, refuse),
  };
  for (const long call : calls) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, refuse));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

// io_uring opens sockets, too, without the call; x86-64 has a second set of numbers for the same calls.
bool forbid_network() {
  if (this_processor == 0) return false;
  constexpr std::uint32_t no_such_call = SECCOMP_RET_ERRNO | ENOSYS;
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, this_processor, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, no_such_call),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, second_numbers, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, no_such_call),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
  };
  const sock_fprog filter{static_cast<unsigned short>(std::size(program)), program};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

}  // namespace bianmin

#include "terminal/base/landlock.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

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

struct RulesetAttributes {
  std::uint64_t handled_fs;
  std::uint64_t handled_net;
  std::uint64_t scoped;
};

struct PortAttributes {
  std::uint64_t allowed_access;
  std::uint64_t port;
};

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

}  // namespace bianmin

#include "terminal/base/landlock.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bianmin {

namespace {

constexpr std::uint64_t fs_truncate = 1ULL << 14U;   // ABI 3
constexpr std::uint64_t fs_ioctl_dev = 1ULL << 15U;  // ABI 5
constexpr std::uint64_t net_bind_tcp = 1ULL << 0U;   // ABI 4
constexpr std::uint64_t net_connect_tcp = 1ULL << 1U;
constexpr std::uint64_t scope_abstract_socket = 1ULL << 0U;  // ABI 6
constexpr std::uint64_t scope_signal = 1ULL << 1U;

constexpr std::uint64_t of_files =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE | fs_truncate;

static_assert(Landlock::read_only == (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR));
static_assert(Landlock::read_write ==
              (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | fs_truncate));
static_assert(Landlock::own_folder == (Landlock::read_write | LANDLOCK_ACCESS_FS_READ_DIR |
                                       LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE));

struct RulesetAttributes {
  std::uint64_t handled_fs;
  std::uint64_t handled_net;
  std::uint64_t scoped;
};

}  // namespace

int Landlock::abi() {
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi < 0 ? 0 : static_cast<int>(abi);
}

Landlock::Landlock(int abi, bool connects) {
  RulesetAttributes attributes{(LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1, 0, 0};
  if (abi >= 2) attributes.handled_fs |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3) attributes.handled_fs |= fs_truncate;
  if (abi >= 5) attributes.handled_fs |= fs_ioctl_dev;
  if (abi >= 4) attributes.handled_net = connects ? net_bind_tcp : net_bind_tcp | net_connect_tcp;
  if (abi >= 6) attributes.scoped = scope_abstract_socket | scope_signal;
  handled_fs_ = attributes.handled_fs;
  const std::size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
  fd_.reset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0)));
}

bool Landlock::allow(const std::filesystem::path& path, std::uint64_t access) {
  const FileDescriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!place.valid()) return true;
  std::error_code failed;
  if (!std::filesystem::is_directory(path, failed)) access &= of_files;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = access & handled_fs_;
  rule.parent_fd = place.get();
  return ::syscall(SYS_landlock_add_rule, fd_.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

bool Landlock::enforce() const { return ::syscall(SYS_landlock_restrict_self, fd_.get(), 0) == 0; }

}  // namespace bianmin

// Landlock: what of files and of the network a process keeps for itself (kernel: Documentation/userspace-api/
// landlock.rst).
#pragma once

#include <linux/landlock.h>

#include <cstdint>
#include <filesystem>

#include "terminal/base/files.hpp"

namespace bianmin {

// Of newer kernels than Debian 12's headers: names and values of the kernel's uapi/linux/landlock.h.
constexpr std::uint64_t landlock_truncate = 1ULL << 14U;  // ABI 3

constexpr std::uint64_t only_reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t reading_writing =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | landlock_truncate;
constexpr std::uint64_t own_folder = reading_writing | LANDLOCK_ACCESS_FS_READ_DIR |
                                     LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE;

int landlock_abi();  // 0: this kernel has none

// TCP, from ABI 4 on.
enum class Connecting { anywhere, where_allowed };

// Everything that is not allowed is forbidden from enforce() on, for this thread and the ones that it begins:
// files and folders, to listen on a TCP port, and (ABI 6) signals and abstract sockets of others.
class Ruleset {
 public:
  Ruleset(int abi, Connecting connecting);
  bool valid() const { return fd_.valid(); }
  // A file, or a folder with all that is below it. What is not there needs no rule: true. `access` is of
  // folders; what only they have is left out for a file.
  bool allow(const std::filesystem::path& path, std::uint64_t access);
  bool allow_connecting(std::uint16_t port);
  bool enforce() const;

 private:
  FileDescriptor fd_;
  std::uint64_t handled_fs_ = 0;
  std::uint64_t handled_net_ = 0;
};

}  // namespace bianmin

// What the kernel lets a process take from itself: ways to files, to ports, and to other processes
// (Landlock).
#pragma once

#include <cstdint>
#include <filesystem>

#include "terminal/base/files.hpp"

namespace bianmin {

// A list of what stays allowed. Thread-bound; what enforce() takes away is gone for this thread and for all
// that it starts from then on. Source of values that Debian 12's headers do not have: the kernel's
// uapi/linux/landlock.h.
class Landlock {
 public:
  static constexpr std::uint64_t read_file = 1ULL << 2U;
  static constexpr std::uint64_t read_folder = 1ULL << 3U;
  static constexpr std::uint64_t read_only = read_file | read_folder;
  static constexpr std::uint64_t read_write = 1ULL << 1U | read_file | 1ULL << 14U;  // truncate, too
  static constexpr std::uint64_t own_folder =
      read_write | read_folder | 1ULL << 8U | 1ULL << 5U;  // makes files and removes them

  static int abi();  // 0: this kernel has none

  // Handles all that this kernel can take away. `connects`: TCP connections out stay allowed.
  Landlock(int abi, bool connects);
  bool valid() const { return fd_.valid(); }
  // What is not there needs no rule. False: the kernel does not take the rule.
  bool allow(const std::filesystem::path& path, std::uint64_t access);
  bool enforce() const;  // after PR_SET_NO_NEW_PRIVS

 private:
  FileDescriptor fd_;
  std::uint64_t handled_fs_ = 0;
};

}  // namespace bianmin

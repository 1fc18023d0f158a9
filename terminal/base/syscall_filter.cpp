#include "terminal/base/syscall_filter.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bianmin {

namespace {

constexpr std::uint32_t second_numbers = 0x40000000;  // of x86-64: the same calls once more

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

// A filter that looks at the number of a call. By the numbers of another kind of processor nothing is called.
class Filter {
 public:
  Filter()
      : program_{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
                 BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, this_processor, 1, 0),
                 BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
                 BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                 BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, second_numbers, 0, 1),
                 BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)} {}

  void refuse(long call, std::uint32_t with_errno) {
    program_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1));
    program_.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | with_errno));
  }
  // But with this first argument.
  void refuse_unless(long call, std::uint32_t argument, std::uint32_t with_errno) {
    program_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 4));
    program_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])));
    program_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, argument, 0, 1));
    program_.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    program_.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | with_errno));
  }
  bool enforce() {
    if (this_processor == 0) return false;
    program_.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog filter{static_cast<unsigned short>(program_.size()), program_.data()};
    return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
  }

 private:
  std::vector<sock_filter> program_;
};

}  // namespace

bool forbid_network() {
  Filter filter;
  filter.refuse(SYS_io_uring_setup, ENOSYS);  // it opens sockets, too, without the call
  filter.refuse_unless(SYS_socket, AF_UNIX, EACCES);
  return filter.enforce();
}

bool forbid_calls(std::span<const long> calls) {
  Filter filter;
  for (const long call : calls) filter.refuse(call, EPERM);
  return filter.enforce();
}

}  // namespace bianmin

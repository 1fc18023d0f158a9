#include "terminal/pdf/renderer_confinement.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <vector>

#include "terminal/base/landlock.hpp"

namespace bianmin::pdf {

namespace {

constexpr std::array font_places = {
    "/usr/share/fonts",      "/usr/local/share/fonts",    "/usr/share/poppler",   "/etc/fonts",
    "/usr/share/fontconfig", "/usr/share/xml/fontconfig", "/var/cache/fontconfig"};
constexpr rlim_t files_max = 32;

// For another process, or for a way out of this one.
constexpr std::array refused_calls = {
    SYS_socket,
    SYS_socketpair,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_accept,
    SYS_accept4,
    SYS_sendmsg,
    SYS_sendmmsg,
    SYS_recvmsg,
    SYS_execve,
    SYS_execveat,
    SYS_clone,
    SYS_clone3,
    SYS_kill,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_pidfd_open,
    SYS_pidfd_getfd,
    SYS_mount,
    SYS_unshare,
    SYS_setns,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_keyctl,
    SYS_add_key,
    SYS_io_uring_setup,
    SYS_userfaultfd,
    SYS_pidfd_send_signal,
#ifdef SYS_fork
    SYS_fork,
    SYS_vfork,
#endif
};

#if defined(__x86_64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_AARCH64;
#elif defined(__riscv) && __riscv_xlen == 64
constexpr std::uint32_t own_architecture = AUDIT_ARCH_RISCV64;
#elif defined(__loongarch64)
constexpr std::uint32_t own_architecture =
    0xC0000102;  // AUDIT_ARCH_LOONGARCH64, newer than Debian 12's headers
#else
#error "name this machine's AUDIT_ARCH"
#endif

#if defined(__SANITIZE_ADDRESS__)
constexpr bool memory_has_a_limit = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool memory_has_a_limit = false;
#else
constexpr bool memory_has_a_limit = true;
#endif
#else
constexpr bool memory_has_a_limit = true;
#endif

Error not_confined(const char* what) {
  return {Remedy::call_staff, "pdf.not_confined", std::string(what) + ": " + std::strerror(errno)};
}

void limit(int resource, rlim_t value) {
  const rlimit both{value, value};
  (void)::setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

sock_filter statement(unsigned code, std::uint32_t value) {
  return {static_cast<std::uint16_t>(code), 0, 0, value};
}
sock_filter jump_unless(std::uint32_t value, std::size_t over) {
  return {BPF_JMP | BPF_JEQ | BPF_K, 0, static_cast<std::uint8_t>(over), value};
}

bool refuse_calls() {
  std::vector<sock_filter> program;
  program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)));
  program.push_back({BPF_JMP | BPF_JEQ | BPF_K, 1, 0, own_architecture});
  program.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
  program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
#if defined(__x86_64__)
  constexpr std::uint32_t second_table = 0x40000000;  // x32: the same calls by other numbers
  program.push_back({BPF_JMP | BPF_JGE | BPF_K, 0, 1, second_table});
  program.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
#endif
  for (const long call : refused_calls) {
    program.push_back(jump_unless(static_cast<std::uint32_t>(call), 1));
    program.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
  }
  program.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace

Result<void> confine_renderer() {
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return not_confined("/dev/null");
  (void)::dup2(nowhere, STDOUT_FILENO);
  (void)::dup2(nowhere, STDERR_FILENO);
  (void)::close_range(STDERR_FILENO + 1, ~0U, 0);
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  (void)::prctl(PR_SET_DUMPABLE, 0);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return not_confined("no_new_privs");
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CPU, processor_seconds_max);
  if (memory_has_a_limit) limit(RLIMIT_AS, memory_bytes_max);
  const int abi = Landlock::abi();
  if (abi > 0) {
    Landlock rules(abi, false);
    bool good = rules.valid();
    for (const char* place : font_places) good = good && rules.allow(place, Landlock::read_only);
    if (!good || !rules.enforce()) return not_confined("landlock");
  }
  limit(RLIMIT_NOFILE, abi > 0 ? files_max : 0);
  if (!refuse_calls()) return not_confined("seccomp");
  return {};
}

}  // namespace bianmin::pdf

#include "terminal/pdf/renderer_confinement.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "terminal/base/child_line.hpp"
#include "terminal/base/landlock.hpp"
#include "terminal/base/syscall_filter.hpp"

namespace bianmin::pdf {

namespace {

constexpr std::array font_places = {
    "/usr/share/fonts",      "/usr/local/share/fonts",    "/usr/share/poppler",   "/etc/fonts",
    "/usr/share/fontconfig", "/usr/share/xml/fontconfig", "/var/cache/fontconfig"};
constexpr rlim_t files_max = 32;

// For another process, or for a way out of this one.
constexpr long refused_calls[] = {
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

}  // namespace

Result<void> confine_renderer() {
  if (!renounce_rights()) return not_confined("rights");
  (void)::close_range(STDERR_FILENO + 1, ~0U, 0);
  limit(RLIMIT_CPU, processor_seconds_max);
  if (memory_has_a_limit) limit(RLIMIT_AS, memory_bytes_max);
  const int abi = landlock_abi();
  if (abi > 0) {
    Ruleset rules(abi, Connecting::where_allowed);
    bool good = rules.valid();
    for (const char* place : font_places) good = good && rules.allow(place, only_reading);
    if (!good || !rules.enforce()) return not_confined("landlock");
  }
  limit(RLIMIT_NOFILE, abi > 0 ? files_max : 0);
  if (!forbid_calls(refused_calls)) return not_confined("seccomp");
  return {};
}

}  // namespace bianmin::pdf

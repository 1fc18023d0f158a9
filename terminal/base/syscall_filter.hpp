// System calls that a process gives up, where Landlock is not enough (kernel: Documentation/userspace-api/
// seccomp_filter.rst). For this thread and the ones that it begins; needs no_new_privs. False: this kernel,
// or this kind of processor, does not let us.
#pragma once

#include <span>

namespace bianmin {

// No new socket but those of this machine (AF_UNIX): EACCES.
bool forbid_network();
// These end with EPERM from now on.
bool forbid_calls(std::span<const long> calls);

}  // namespace bianmin

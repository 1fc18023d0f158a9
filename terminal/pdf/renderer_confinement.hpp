// What kiosk-pdf takes from itself before it has seen a byte of a file.
#pragma once

#include "terminal/base/result.hpp"

namespace bianmin::pdf {

constexpr unsigned processor_seconds_max = 120;
constexpr std::size_t memory_bytes_max = 768U << 20U;  // of addresses; not under a sanitizer, that wants more

// For a process of one thread. Afterwards:
//  - of its descriptors it has stdin alone; stdout and stderr go nowhere;
//  - it reads the system's fonts, character maps and their settings, and no other file, and writes none
//    (Landlock; a kernel without it: it opens nothing at all, and files whose fonts are not in them are
//    incomplete);
//  - it makes no socket, starts nothing, and touches no other process (seccomp);
//  - it ends with its parent, after processor_seconds_max of work, or when it wants more memory, and leaves
//    no core file.
// Error "pdf.not_confined" (call staff): the kernel could, and does not. Then it must not go on.
Result<void> confine_renderer();

}  // namespace bianmin::pdf

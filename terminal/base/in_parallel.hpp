// The same work on many things, shared among the machine's cores.
#pragma once

#include <cstddef>
#include <functional>

namespace bianmin {

constexpr std::size_t parallel_threads_max = 8;

// Calls work(at) once for each `at` below `count`, and returns when all calls have. With fewer than
// `each_thread_min` calls for a second thread they all come from the caller's; threads last for the call.
// `work` must bear to be called from several at once.
void in_parallel(std::size_t count, std::size_t each_thread_min,
                 const std::function<void(std::size_t at)>& work);

}  // namespace bianmin

#include "tests/sync/faults/failing_disk.hpp"

#define FIU_ENABLE  // NOLINT: the switch of its header
#include <fiu-control.h>
#include <fiu.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace bianmin::test {

namespace {

// What fails while a descriptor is used or a name is changed. A close that fails has no meaning on Linux:
// the descriptor is gone anyway.
constexpr std::array points = {"posix/io/oc/open",        "posix/io/rw/read",      "posix/io/rw/pread",
                               "posix/io/rw/readv",       "posix/io/rw/preadv",    "posix/io/rw/write",
                               "posix/io/rw/pwrite",      "posix/io/rw/writev",    "posix/io/rw/pwritev",
                               "posix/io/rw/truncate",    "posix/io/rw/ftruncate", "posix/io/sync/fsync",
                               "posix/io/sync/fdatasync", "posix/io/dir/opendir",  "posix/io/dir/readdir",
                               "posix/io/dir/unlink",     "posix/io/dir/rename",   "posix/mm/mmap"};

struct Count {
  std::atomic<std::int64_t> calls{0};
  std::int64_t number = 0;
  std::string failed;  // libfiu frees its own
};
Count now;  // libfiu's callbacks get nothing else

int is_this_the_one(const char* name, int*, void**, unsigned*) {
  if (++now.calls != now.number) return 0;
  now.failed = name;
  return 1;
}

void give_up(const char* what) {
  std::fprintf(stderr, "failing_disk: %s\n", what);
  std::abort();
}

}  // namespace

FailingDisk::FailingDisk(std::int64_t number, int error_number) {
  now.calls = 0;
  now.number = number;
  now.failed.clear();
  if (fiu_init(0) < 0) give_up("libfiu does not start");
  for (const char* point : points) {
    // libfiu carries the errno in the pointer.
    void* const told = reinterpret_cast<void*>(static_cast<std::intptr_t>(error_number));  // NOLINT
    if (fiu_enable_external(point, -1, told, 0, is_this_the_one) < 0) give_up(point);
  }
}

FailingDisk::~FailingDisk() {
  for (const char* point : points) fiu_disable(point);
}

std::int64_t FailingDisk::calls() const { return now.calls; }
const std::string& FailingDisk::failed() { return now.failed; }

}  // namespace bianmin::test

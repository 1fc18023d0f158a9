// The disk calls of this process, each of which may be made to fail (libfiu). It works only when libfiu's
// library of POSIX calls was loaded first, as tests/sync/CMakeLists.txt does it.
#pragma once

#include <cstdint>
#include <string>

namespace bianmin::test {

// One at a time. Counts calls from its making on; the rest of the process does nothing else meanwhile.
class FailingDisk {
 public:
  // `number`: which call fails, from 1; 0 for none. `error_number`: EIO, ENOSPC.
  FailingDisk(std::int64_t number, int error_number);
  ~FailingDisk();
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;

  std::int64_t calls() const;  // until now
  // libfiu's name of the call that failed, of the last of these objects; empty when none has.
  static const std::string& failed();
};

}  // namespace bianmin::test

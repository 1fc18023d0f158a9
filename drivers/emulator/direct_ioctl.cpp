// Compiled into a test executable, so that libusb's calls of ioctl() end here and not in libc.
#include "drivers/emulator/direct_ioctl.hpp"

#include <dlfcn.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>

#include "drivers/emulator/testbed.hpp"

namespace bianmin::emulator {

namespace {

std::atomic<Testbed*> asked{nullptr};
const bool registered = [] {
  direct_hook = [](Testbed* testbed) { asked = testbed; };
  return true;
}();

}  // namespace

bool answer_directly(int fd, unsigned long request, void* argument, long* result) {
  Testbed* const testbed = asked.load();
  return registered && testbed != nullptr && testbed->direct_ioctl(fd, request, argument, result);
}

}  // namespace bianmin::emulator

extern "C" __attribute__((visibility("default"))) int ioctl(int fd, unsigned long request, ...) noexcept {
  va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  constexpr unsigned long usbfs_type = 'U';
  long result = 0;
  if (((request >> 8U) & 0xFFU) == usbfs_type &&
      bianmin::emulator::answer_directly(fd, request, argument, &result)) {
    if (result >= 0) return static_cast<int>(result);
    errno = static_cast<int>(-result);
    return -1;
  }
  using Ioctl = int (*)(int, unsigned long, void*);
  static const auto next = reinterpret_cast<Ioctl>(::dlsym(RTLD_NEXT, "ioctl"));
  return next(fd, request, argument);
}

// A file that has taken over kiosk-pdf tries what it must not. The exit code has a bit for each try that
// succeeded. "free" leaves the confinement out: that the tries would succeed without it.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string_view>

#include "terminal/pdf/renderer_confinement.hpp"

namespace {

bool opens(const char* path, int flags) {
  const int fd = ::open(path, flags | O_CLOEXEC, 0600);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

bool forks() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  if (child > 0) ::waitpid(child, nullptr, 0);
  return child > 0;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int exit_not_confined = 128;
  const pid_t parent = ::getppid();
  if (argc < 2 || std::string_view(argv[1]) != "free") {
    if (!bianmin::pdf::confine_renderer()) ::_exit(exit_not_confined);
  }
  int succeeded = 0;
  const auto note = [&succeeded](int bit, bool success) { succeeded |= success ? 1 << bit : 0; };
  note(0, opens("/etc/passwd", O_RDONLY));
  note(1, opens("/proc/self/environ", O_RDONLY));
  note(2, opens("/tmp", O_WRONLY | O_TMPFILE));
  note(3, ::socket(AF_INET, SOCK_STREAM, 0) >= 0);
  note(4, ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
  note(5, forks());
  note(6, ::kill(parent, 0) == 0);
  ::_exit(succeeded);
}

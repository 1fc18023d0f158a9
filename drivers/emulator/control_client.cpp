#include "drivers/emulator/control_client.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::size_t answer_byte_max = 65'536;
constexpr int timeout_ms = 10'000;

Error unreachable(std::string_view why) {
  return {Remedy::call_staff, "emulator.unreachable", std::string(why)};
}

FileDescriptor connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return {};
  std::memcpy(address.sun_path, path.c_str(), path.size());
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const bool connected =
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  return connected ? std::move(socket) : FileDescriptor();
}

// A port has no connections: what an earlier program left unread is thrown away.
FileDescriptor open_port(const std::string& path) {
  FileDescriptor port(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  std::array<char, 4'096> old;
  while (port.valid() && ::read(port.get(), old.data(), old.size()) > 0) {
  }
  return port;
}

bool is_port(const std::string& path) {
  struct stat of_file {};
  return ::stat(path.c_str(), &of_file) == 0 && S_ISCHR(of_file.st_mode);
}

// Up to the end of the line.
std::string read_line(int fd) {
  using Steady = std::chrono::steady_clock;
  const auto end = Steady::now() + std::chrono::milliseconds(timeout_ms);
  std::string line;
  while (line.find('\n') == std::string::npos && line.size() < answer_byte_max) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now()).count();
    pollfd wait{fd, POLLIN, 0};
    if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) return {};
    std::array<char, 4'096> piece;
    const ssize_t count = ::read(fd, piece.data(), piece.size());
    if (count <= 0) return {};
    line.append(piece.data(), static_cast<std::size_t>(count));
  }
  return line;
}

}  // namespace

Result<std::string> emulator_command(const std::string& path, std::string_view line) {
  const FileDescriptor emulator = is_port(path) ? open_port(path) : connect_to(path);
  if (!emulator.valid()) return unreachable("nobody listens");
  const std::string request = std::string(line) + "\n";
  ssize_t sent = ::send(emulator.get(), request.data(), request.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno == ENOTSOCK) sent = ::write(emulator.get(), request.data(), request.size());
  if (sent != static_cast<ssize_t>(request.size())) {
    return unreachable("it hung up");
  }
  const std::string answer = read_line(emulator.get());
  const std::string_view text = trim(answer);
  if (text == "ok") return std::string();
  if (text.starts_with("ok ")) return std::string(text.substr(3));
  if (text.starts_with("error ")) {
    return Error{Remedy::refuse, "emulator.refused", std::string(text.substr(6))};
  }
  return unreachable("no answer");
}

}  // namespace bianmin::emulator

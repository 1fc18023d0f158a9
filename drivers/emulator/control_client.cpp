#include "drivers/emulator/control_client.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <array>
#include <cstring>

#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::size_t answer_byte_max = 65'536;
constexpr time_t timeout_s = 10;

Error unreachable(std::string_view why) {
  return {Remedy::call_staff, "emulator.unreachable", std::string(why)};
}

}  // namespace

Result<std::string> emulator_command(const std::string& socket_path, std::string_view line) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof address.sun_path) return unreachable("the path is too long");
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size());
  const FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval timeout{timeout_s, 0};
  (void)::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return unreachable("nobody listens");
  }
  const std::string request = std::string(line) + "\n";
  if (::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    return unreachable("it hung up");
  }
  std::string answer;
  std::array<char, 4'096> piece;
  ssize_t count = 0;
  while (answer.size() < answer_byte_max &&
         (count = ::recv(socket.get(), piece.data(), piece.size(), 0)) > 0) {
    answer.append(piece.data(), static_cast<std::size_t>(count));
  }
  const std::string_view text = trim(answer);
  if (text == "ok") return std::string();
  if (text.starts_with("ok ")) return std::string(text.substr(3));
  if (text.starts_with("error ")) {
    return Error{Remedy::refuse, "emulator.refused", std::string(text.substr(6))};
  }
  return unreachable("no answer");
}

}  // namespace bianmin::emulator

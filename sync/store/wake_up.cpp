#include "sync/store/wake_up.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace bianmin::store {

namespace {

std::optional<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& text = path.native();
  if (text.empty() || text.size() >= sizeof address.sun_path) return std::nullopt;
  std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
  return address;
}

FileDescriptor new_socket() {
  return FileDescriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

}  // namespace

Result<WakeUp> WakeUp::bind(const std::filesystem::path& path) {
  const auto address = address_of(path);
  if (!address)
    return Error{Remedy::refuse, "wake.unusable", "the path is empty or too long: " + path.string()};
  FileDescriptor socket = new_socket();
  ::unlink(path.c_str());
  if (!socket.valid() ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      ::chmod(path.c_str(), 0600) != 0) {
    return Error{Remedy::call_staff, "wake.unusable", file_error(path, errno).detail};
  }
  return WakeUp(std::move(socket));
}

bool WakeUp::drain() {
  bool any = false;
  char byte = 0;
  while (::recv(socket_.get(), &byte, 1, 0) >= 0) any = true;
  return any;
}

void WakeUp::send(const std::filesystem::path& path) {
  const auto address = address_of(path);
  const FileDescriptor socket = new_socket();
  if (!address || !socket.valid()) return;
  (void)::sendto(socket.get(), "w", 1, MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&*address),
                 sizeof *address);
}

}  // namespace bianmin::store

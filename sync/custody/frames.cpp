#include "sync/custody/frames.hpp"

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

namespace bianmin::custody {

namespace {

constexpr int listen_backlog = 64;
constexpr int door_timeout_ms = 1'000;

Error away(std::string detail) { return {Remedy::retry_later, "custody.away", std::move(detail)}; }

Error away_errno(const char* what) { return away(std::string(what) + ": " + std::strerror(errno)); }

class Deadline {
 public:
  explicit Deadline(int timeout_ms)
      : endless_(timeout_ms < 0),
        at_(std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms)) {}
  int left_ms() const {
    if (endless_) return -1;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(at_ - std::chrono::steady_clock::now());
    return left.count() < 0 ? 0 : static_cast<int>(left.count());
  }

 private:
  bool endless_;
  std::chrono::steady_clock::time_point at_;
};

Result<void> wait_for(int fd, short events, const Deadline& deadline) {
  for (;;) {
    pollfd one{fd, events, 0};
    const int ready = ::poll(&one, 1, deadline.left_ms());
    if (ready > 0) return {};
    if (ready == 0) return away("no answer in time");
    if (errno != EINTR) return away_errno("poll");
  }
}

// Fills `to`; how much came before the other end closed.
Result<std::size_t> receive_all(int fd, std::span<std::uint8_t> to, const Deadline& deadline) {
  std::size_t have = 0;
  while (have < to.size()) {
    const ssize_t got = ::recv(fd, to.data() + have, to.size() - have, MSG_DONTWAIT);
    if (got == 0) return have;
    if (got > 0) {
      have += static_cast<std::size_t>(got);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return away_errno("recv");
    if (auto ready = wait_for(fd, POLLIN, deadline); !ready) return ready.error();
  }
  return have;
}

Result<void> send_all(int fd, ByteView bytes, const Deadline& deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return away_errno("send");
    if (auto ready = wait_for(fd, POLLOUT, deadline); !ready) return ready.error();
  }
  return {};
}

std::optional<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.string().size() >= sizeof address.sun_path) return std::nullopt;
  std::strcpy(address.sun_path, path.c_str());
  return address;
}

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

Result<FileDescriptor> connect_path(const std::filesystem::path& path) {
  const auto address = address_of(path);
  if (!address) return away("too long a path: " + path.string());
  FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.valid() || ::connect(fd.get(), generic(*address), sizeof *address) != 0) {
    return away_errno(path.c_str());
  }
  return fd;
}

// The control message that one descriptor travels in.
union OneDescriptor {
  cmsghdr header;
  std::array<char, CMSG_SPACE(sizeof(int))> bytes;
};

Result<void> pass(int door, int fd) {
  char byte = 0;
  iovec part{&byte, 1};
  OneDescriptor control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  const Deadline deadline(door_timeout_ms);
  for (;;) {
    if (::sendmsg(door, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return {};
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return away_errno("door");
    if (auto ready = wait_for(door, POLLOUT, deadline); !ready) return ready;
  }
}

FileDescriptor take_from_door(int door) {
  char byte = 0;
  iovec part{&byte, 1};
  OneDescriptor control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  if (::recvmsg(door, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0) return {};
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
      header->cmsg_len != CMSG_LEN(sizeof(int))) {
    return {};
  }
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return FileDescriptor(fd);
}

}  // namespace

Result<void> send_frame(int fd, ByteView bytes, int timeout_ms) {
  if (bytes.size() > frame_size_max) {
    return Error{Remedy::refuse, "custody.bad_message", "more than a message may have"};
  }
  const Deadline deadline(timeout_ms);
  const auto size = static_cast<std::uint32_t>(bytes.size());
  if (auto sent = send_all(fd, ByteWriter().u32_be(size).view(), deadline); !sent) return sent;
  return send_all(fd, bytes, deadline);
}

Result<std::optional<SecretBytes>> receive_frame(int fd, int wait_ms, int timeout_ms) {
  if (auto ready = wait_for(fd, POLLIN, Deadline(wait_ms)); !ready) return ready.error();
  const Deadline deadline(timeout_ms);
  std::array<std::uint8_t, 4> head{};
  auto got = receive_all(fd, head, deadline);
  if (!got) return got.error();
  if (*got == 0) return std::optional<SecretBytes>();
  if (*got < head.size()) return away("it closed in the middle");
  const std::size_t size = ByteReader(head).u32_be();
  if (size > frame_size_max)
    return Error{Remedy::refuse, "custody.bad_message", "more than a message may have"};
  SecretBytes bytes;
  constexpr std::size_t step = 64U << 10U;  // a length alone costs no memory
  while (bytes.size() < size) {
    const std::size_t at = bytes.size();
    bytes.resize(std::min(size, std::max(step, 2 * at)));
    got = receive_all(fd, std::span(bytes).subspan(at), deadline);
    if (!got) return got.error();
    if (*got < bytes.size() - at) return away("it closed in the middle");
  }
  return std::optional(std::move(bytes));
}

Connect connect_to(const std::filesystem::path& socket) {
  return [socket] { return connect_path(socket); };
}

Connect connect_through(int door) {
  return [door]() -> Result<FileDescriptor> {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return away_errno("socketpair");
    FileDescriptor mine(ends[0]);
    const FileDescriptor theirs(ends[1]);
    if (auto passed = pass(door, theirs.get()); !passed) return passed.error();
    return mine;
  };
}

Result<FileDescriptor> listen_at(const std::filesystem::path& socket) {
  const auto failed = [&](const std::string& why) {
    return Error{Remedy::call_staff, "custody.cannot_listen", socket.string() + ": " + why};
  };
  const auto folder = socket.parent_path();
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) {
    std::filesystem::create_directories(folder, error);
    if (!error) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (error) return failed(error.message());
  }
  if (connect_path(socket)) return failed("somebody listens there");
  const auto address = address_of(socket);
  if (!address) return failed("too long a path");
  std::filesystem::remove(socket, error);
  FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid() || ::bind(fd.get(), generic(*address), sizeof *address) != 0 ||
      ::chmod(socket.c_str(), 0660) != 0 || ::listen(fd.get(), listen_backlog) != 0) {
    return failed(std::strerror(errno));
  }
  return fd;
}

Result<DoorEnds> make_door() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return away_errno("socketpair");
  return DoorEnds{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

FileDescriptor take_in(int listening, bool door) {
  if (door) return take_from_door(listening);
  return FileDescriptor(::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC));
}

Peer peer_of(int fd) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return {~uid_t{0}, 0};
  return {credentials.uid, credentials.pid};
}

}  // namespace bianmin::custody

#include "tests/e2e/line_server.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <future>

namespace bianmin::e2e {

namespace {

constexpr int poll_slice_ms = 50;

Result<sockaddr_un> address_of(const std::filesystem::path& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.string().size() >= sizeof address.sun_path) {
    return Error{Remedy::refuse, "line.unreachable", "socket path too long"};
  }
  std::memcpy(address.sun_path, socket.c_str(), socket.string().size() + 1);
  return address;
}

std::string read_until(int fd, bool whole, int timeout_ms) {
  std::string out;
  char block[4096];
  for (;;) {
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, timeout_ms) <= 0) return out;
    const ssize_t got = ::read(fd, block, sizeof block);
    if (got <= 0) return out;
    out.append(block, static_cast<std::size_t>(got));
    if (!whole && out.find('\n') != std::string::npos) return out.substr(0, out.find('\n'));
  }
}

void send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (put <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
}

}  // namespace

Result<std::unique_ptr<LineServer>> LineServer::listen(EventLoop& loop, const std::filesystem::path& socket,
                                                       Handler handler) {
  const auto address = address_of(socket);
  if (!address) return address.error();
  FileDescriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ::unlink(socket.c_str());
  if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      ::listen(listener.get(), 4) != 0) {
    return file_error(socket, errno);
  }
  return std::unique_ptr<LineServer>(new LineServer(loop, std::move(listener), std::move(handler)));
}

LineServer::LineServer(EventLoop& loop, FileDescriptor listener, Handler handler)
    : loop_(loop),
      listener_(std::move(listener)),
      handler_(std::make_shared<Handler>(std::move(handler))),
      thread_([this](std::stop_token stop) { serve(stop); }) {}

LineServer::~LineServer() {
  thread_.request_stop();
  thread_.join();
}

void LineServer::serve(std::stop_token stop) {
  while (!stop.stop_requested()) {
    pollfd ready{listener_.get(), POLLIN, 0};
    if (::poll(&ready, 1, poll_slice_ms) <= 0) continue;
    const FileDescriptor peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!peer.valid()) continue;
    send_all(peer.get(), ask_loop(read_until(peer.get(), false, 1'000), stop));
  }
}

std::string LineServer::ask_loop(const std::string& line, std::stop_token stop) {
  auto answer = std::make_shared<std::promise<std::string>>();
  auto answered = answer->get_future();
  loop_.post([handler = handler_, answer, line] {
    const auto result = (*handler)(line);
    answer->set_value(result ? "ok " + *result : "error " + result.error().text());
  });
  while (answered.wait_for(std::chrono::milliseconds(poll_slice_ms)) != std::future_status::ready) {
    if (stop.stop_requested()) return "error stopping";
  }
  return answered.get();
}

Result<std::string> ask_line(const std::filesystem::path& socket, const std::string& line, int timeout_ms) {
  const auto address = address_of(socket);
  if (!address) return address.error();
  const FileDescriptor peer(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(peer.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    return Error{Remedy::retry_later, "line.unreachable", socket.string() + ": " + std::strerror(errno)};
  }
  send_all(peer.get(), line + "\n");
  const std::string answer = read_until(peer.get(), true, timeout_ms);
  if (answer.starts_with("ok ")) return answer.substr(3);
  return Error{Remedy::refuse, "line.refused", answer.empty() ? "no answer" : answer};
}

}  // namespace bianmin::e2e

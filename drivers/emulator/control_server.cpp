#include "drivers/emulator/control_server.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "terminal/base/text.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::size_t line_byte_max = 16'384;
constexpr int client_timeout_ms = 2'000;
constexpr int backlog = 8;

}  // namespace

Result<std::unique_ptr<ControlServer>> ControlServer::start(const std::string& socket_path, Handler handler) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const Error failed{Remedy::call_staff, "emulator.no_socket", "cannot listen on the control socket"};
  if (socket_path.empty() || socket_path.size() >= sizeof address.sun_path) return failed;
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size());
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  (void)::unlink(socket_path.c_str());
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return failed;
  if (::listen(socket.get(), backlog) != 0) return failed;
  return std::unique_ptr<ControlServer>(
      new ControlServer(socket_path, std::move(socket), std::move(handler)));
}

ControlServer::ControlServer(std::string path, FileDescriptor socket, Handler handler)
    : path_(std::move(path)),
      socket_(std::move(socket)),
      stop_event_(::eventfd(0, EFD_CLOEXEC)),
      handler_(std::move(handler)),
      thread_([this](std::stop_token stop) { run(stop); }) {}

ControlServer::~ControlServer() {
  thread_.request_stop();
  const std::uint64_t one = 1;
  (void)!::write(stop_event_.get(), &one, sizeof one);
  thread_.join();
  (void)::unlink(path_.c_str());
}

void ControlServer::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::array<pollfd, 2> wait = {{{socket_.get(), POLLIN, 0}, {stop_event_.get(), POLLIN, 0}}};
    if (::poll(wait.data(), wait.size(), -1) <= 0 || wait[1].revents != 0) continue;
    const FileDescriptor client(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (client.valid()) answer(client.get());
  }
}

void ControlServer::answer(int client) {
  std::string line;
  while (line.find('\n') == std::string::npos && line.size() < line_byte_max) {
    pollfd wait{client, POLLIN, 0};
    std::array<char, 1'024> piece;
    if (::poll(&wait, 1, client_timeout_ms) <= 0) return;
    const ssize_t count = ::recv(client, piece.data(), piece.size(), 0);
    if (count <= 0) return;
    line.append(piece.data(), static_cast<std::size_t>(count));
  }
  line.resize(std::min(line.find('\n'), line.size()));
  const Result<std::string> result = handler_(line);
  std::string answer = result ? (result->empty() ? "ok" : "ok " + *result) : "error " + result.error().text();
  answer += '\n';
  (void)::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
}

}  // namespace bianmin::emulator

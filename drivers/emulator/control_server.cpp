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

Result<std::unique_ptr<ControlServer>> ControlServer::start(const std::string& socket_path, Handler handler,
                                                            Stay stay) {
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
      new ControlServer(socket_path, std::move(socket), std::move(handler), stay));
}

ControlServer::ControlServer(std::string path, FileDescriptor socket, Handler handler, Stay stay)
    : path_(std::move(path)),
      socket_(std::move(socket)),
      stop_event_(::eventfd(0, EFD_CLOEXEC)),
      handler_(std::move(handler)),
      stay_(stay),
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
    if (client.valid()) converse(client.get());
  }
}

void ControlServer::converse(int client) {
  const int patience_ms = stay_ == Stay::one_line ? client_timeout_ms : -1;
  std::string heard;
  for (;;) {
    const std::size_t end = heard.find('\n');
    if (end != std::string::npos || heard.size() >= line_byte_max) {
      const bool answered = answer(client, heard.substr(0, end));
      if (!answered || stay_ == Stay::one_line) return;
      heard.erase(0, end == std::string::npos ? end : end + 1);
      continue;
    }
    std::array<pollfd, 2> wait = {{{client, POLLIN, 0}, {stop_event_.get(), POLLIN, 0}}};
    if (::poll(wait.data(), wait.size(), patience_ms) <= 0 || wait[1].revents != 0) return;
    std::array<char, 1'024> piece;
    const ssize_t count = ::recv(client, piece.data(), piece.size(), 0);
    if (count <= 0) return;
    heard.append(piece.data(), static_cast<std::size_t>(count));
  }
}

bool ControlServer::answer(int client, const std::string& line) {
  const Result<std::string> result = handler_(line);
  std::string answer = result ? (result->empty() ? "ok" : "ok " + *result) : "error " + result.error().text();
  answer += '\n';
  return ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(answer.size());
}

}  // namespace bianmin::emulator

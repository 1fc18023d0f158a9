#include "tests/sync/hub/proxy.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include "tests/sync/support.hpp"

namespace bianmin::test {

namespace {

constexpr int tick_ms = 20;
constexpr int receive_buffer_bytes = 4096;  // as little as a slow line holds
constexpr std::size_t packet_bytes = 1400;

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

Proxy::Proxy(int to_port) : to_port_(to_port), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  auto address = loopback(0);
  socklen_t size = sizeof address;
  (void)::setsockopt(listener_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                     sizeof receive_buffer_bytes);
  if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_.get(), 8) != 0 ||
      ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    FAIL("no proxy");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Proxy::~Proxy() { thread_.request_stop(); }

void Proxy::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd waiting{listener_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, tick_ms) <= 0) continue;
    const FileDescriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    ++connection_count_;
    if (client.valid()) relay(client.get(), stop);
  }
}

void Proxy::relay(int client, const std::stop_token& stop) {
  const FileDescriptor hub(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = loopback(to_port_);
  if (::connect(hub.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
  std::int64_t to_hub = 0;
  std::int64_t from_hub = 0;
  auto next_to_hub = std::chrono::steady_clock::now();
  while (!stop.stop_requested()) {
    const bool held = to_hub_bytes_per_s_ > 0 && std::chrono::steady_clock::now() < next_to_hub;
    pollfd waiting[2] = {{held ? -1 : client, POLLIN, 0}, {hub.get(), POLLIN, 0}};
    if (::poll(waiting, 2, held ? 1 : tick_ms) <= 0) continue;
    char block[4096];
    for (int side = 0; side < 2; ++side) {
      if (waiting[side].revents == 0) continue;
      const std::size_t most = side == 0 && to_hub_bytes_per_s_ > 0 ? packet_bytes : sizeof block;
      const ssize_t got = ::recv(waiting[side].fd, block, most, 0);
      if (got <= 0) return;
      std::int64_t& count = side == 0 ? to_hub : from_hub;
      const std::int64_t cut = side == 0 ? cut_to_hub_ : cut_from_hub_;
      count += got;
      if (cut >= 0 && count > cut) return;
      if (side == 1 && swallow_) continue;
      if (const int rate = to_hub_bytes_per_s_; side == 0 && rate > 0) {
        next_to_hub = std::chrono::steady_clock::now() + std::chrono::microseconds(got * 1'000'000 / rate);
      }
      if (::send(side == 0 ? hub.get() : client, block, static_cast<std::size_t>(got), MSG_NOSIGNAL) != got)
        return;
    }
  }
}

}  // namespace bianmin::test

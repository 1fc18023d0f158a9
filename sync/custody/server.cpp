#include "sync/custody/server.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace bianmin::custody {

namespace {
constexpr int sweep_ms = 1'000;  // ended threads are joined at least as often
}

struct Server::Connection {
  FileDescriptor socket;
  Role role = Role::judge;
  Peer peer;
  std::atomic<bool> ended = false;
  std::thread thread;
};

Server::Server(Parts parts, std::unique_ptr<LocalCustody> keys)
    : parts_(std::move(parts)), keys_(std::move(keys)) {}

Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::make(Parts parts) {
  auto keys = LocalCustody::load(parts.hub_folder);
  if (!keys) return keys.error();
  return std::unique_ptr<Server>(new Server(std::move(parts), std::move(keys).value()));
}

void Server::serve(Connection& connection) {
  LocalCustody keys = *keys_;  // each thread finds newer keys by itself
  Desk desk(connection.role, keys, parts_.openings, connection.peer);
  for (;;) {
    auto request = receive_frame(connection.socket.get(), -1, frame_timeout_ms);
    if (request && !*request) return;  // it has closed
    const Reply reply = request ? desk.answer(**request) : Reply(request.error());
    const Error* error = std::get_if<Error>(&reply);
    if (error != nullptr && error->code != "custody.away") {
      parts_.log.write(LogLevel::warning, "custody", "refused",
                       {{"code", std::string(error->code)}, {"pid", std::to_string(connection.peer.pid)}});
    }
    const auto sent = send_frame(connection.socket.get(), encode(reply), frame_timeout_ms);
    if (!sent || (error != nullptr && error->code == "custody.bad_message") || !request) return;
  }
}

void Server::let_in(const Entrance& entrance) {
  FileDescriptor socket = take_in(entrance.socket.get(), entrance.door);
  if (!socket.valid()) return;
  const auto of_role = std::ranges::count_if(
      connections_, [&](const auto& one) { return one->role == entrance.role && !one->ended; });
  const Peer peer = peer_of(socket.get());
  if (static_cast<std::size_t>(of_role) >= connections_max) {
    return parts_.log.write(LogLevel::warning, "custody", "full", {{"pid", std::to_string(peer.pid)}});
  }
  parts_.log.write(LogLevel::info, "custody", "connected",
                   {{"role", entrance.role == Role::judge ? "judge" : "open"},
                    {"uid", std::to_string(peer.uid)},
                    {"pid", std::to_string(peer.pid)}});
  auto connection = std::make_unique<Connection>();
  connection->socket = std::move(socket);
  connection->role = entrance.role;
  connection->peer = peer;
  Connection& one = *connections_.emplace_back(std::move(connection));
  one.thread = std::thread([this, &one] {
    serve(one);
    ::shutdown(one.socket.get(), SHUT_RDWR);
    one.ended = true;
  });
}

void Server::sweep() {
  std::erase_if(connections_, [](const auto& one) {
    if (!one->ended) return false;
    one->thread.join();
    return true;
  });
}

void Server::run(int stop_fd) {
  std::vector<pollfd> polled = {{stop_fd, POLLIN, 0}};
  for (const Entrance& entrance : parts_.entrances) polled.push_back({entrance.socket.get(), POLLIN, 0});
  for (;;) {
    if (::poll(polled.data(), polled.size(), sweep_ms) > 0) {
      if (polled[0].revents != 0) break;
      for (std::size_t at = 1; at < polled.size(); ++at) {
        if ((polled[at].revents & POLLIN) != 0) let_in(parts_.entrances[at - 1]);
        if ((polled[at].revents & POLLIN) == 0 && polled[at].revents != 0)
          polled[at].fd = -1;  // all outside are gone
      }
    }
    sweep();
    if (parts_.outdated && parts_.outdated()) {
      parts_.log.write(LogLevel::info, "custody", "outdated", {{"why", "its settings have changed"}});
      break;
    }
  }
  for (const auto& one : connections_) ::shutdown(one->socket.get(), SHUT_RDWR);
  for (const auto& one : connections_) one->thread.join();
  connections_.clear();
}

}  // namespace bianmin::custody

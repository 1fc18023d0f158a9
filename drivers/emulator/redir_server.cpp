#include "drivers/emulator/redir_server.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <vector>

namespace bianmin::emulator {

namespace {

constexpr std::size_t name_byte_max = 24;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  return address;
}

FileDescriptor listen_at(const std::string& path) {
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_un address = address_of(path);
  (void)::unlink(path.c_str());
  const bool listening =
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(socket.get(), 1) == 0;
  return listening ? std::move(socket) : FileDescriptor();
}

}  // namespace

Result<std::unique_ptr<RedirServer>> RedirServer::create(const std::string& folder) {
  constexpr std::size_t path_byte_max = sizeof(sockaddr_un::sun_path) - name_byte_max;
  if (folder.empty() || folder.size() > path_byte_max || ::access(folder.c_str(), W_OK | X_OK) != 0) {
    return Error{Remedy::call_staff, "emulator.no_socket", "no folder for the sockets of the devices"};
  }
  return std::unique_ptr<RedirServer>(new RedirServer(folder));
}

RedirServer::RedirServer(std::string folder)
    : folder_(std::move(folder)),
      wake_event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this](std::stop_token stop) { run(stop); }) {}

RedirServer::~RedirServer() {
  thread_.request_stop();
  wake();
  thread_.join();
  for (const Socket& socket : sockets_) (void)::unlink(socket.path.c_str());
}

void RedirServer::wake() {
  const std::uint64_t one = 1;
  (void)!::write(wake_event_.get(), &one, sizeof one);
}

RedirServer::Port RedirServer::add(DeviceModel& model, std::string_view name) {
  const std::lock_guard lock(mutex_);
  Socket socket;
  socket.model = &model;
  socket.path = folder_ + "/" + std::string(name.substr(0, name_byte_max - 6)) + ".sock";
  socket.listener = listen_at(socket.path);
  sockets_.push_back(std::move(socket));
  wake();
  return static_cast<Port>(sockets_.size() - 1);
}

void RedirServer::plug(Port port) {
  const std::lock_guard lock(mutex_);
  Socket& socket = at(port);
  if (socket.node && !socket.node->gone()) return;
  if (socket.peer) socket.peer->disconnect();
  socket.node = std::make_unique<UsbfsNode>(
      *socket.model, socket.script, [](bool) {}, [&socket] { socket.node->unplug(); });
  socket.model->power_on();
  // What the drivers of the guest's kernel do is its own business: here the interfaces are the peer's.
  for (unsigned i = 0; i < socket.model->spec().interfaces.size(); ++i)
    (void)socket.node->claim(RedirPeer::client, i, true);
  if (socket.peer) socket.peer->connect(*socket.node, socket.model->spec());
  wake();
}

void RedirServer::unplug(Port port) {
  const std::lock_guard lock(mutex_);
  Socket& socket = at(port);
  if (!socket.node || socket.node->gone()) return;
  socket.node->unplug();
  settle(socket);
  wake();
}

bool RedirServer::plugged(Port port) const {
  const std::lock_guard lock(mutex_);
  return at(port).node && !at(port).node->gone();
}

void RedirServer::all_programs_died() {}

void RedirServer::fail_at(Port port, int transfer_index, FaultKind fault) {
  const std::lock_guard lock(mutex_);
  at(port).script.faults[transfer_index] = fault;
}

void RedirServer::act_at(Port port, int transfer_index, std::function<void()> act) {
  const std::lock_guard lock(mutex_);
  at(port).script.acts[transfer_index] = std::move(act);
}

void RedirServer::forget_faults(Port port) {
  const std::lock_guard lock(mutex_);
  at(port).script.faults.clear();
  at(port).script.acts.clear();
}

int RedirServer::effect_count(Port port) const {
  const std::lock_guard lock(mutex_);
  return at(port).script.effect_count;
}

int RedirServer::transfer_count(Port port) const {
  const std::lock_guard lock(mutex_);
  return at(port).node ? at(port).node->transfer_count() : 0;
}

bool RedirServer::listens(Port port) const {
  const std::lock_guard lock(mutex_);
  return at(port).listener.valid();
}

bool RedirServer::has_peer(Port port) const {
  const std::lock_guard lock(mutex_);
  return at(port).peer != nullptr;
}

void RedirServer::begin_change() { mutex_.lock(); }

void RedirServer::end_change() {
  for (Socket& socket : sockets_) {
    if (!socket.node) continue;
    socket.node->pump();
    settle(socket);
  }
  mutex_.unlock();
  wake();
}

void RedirServer::run(std::stop_token stop) {
  std::vector<pollfd> waits;
  while (!stop.stop_requested()) {
    waits.assign(1, {wake_event_.get(), POLLIN, 0});
    {
      const std::lock_guard lock(mutex_);
      for (const Socket& socket : sockets_) {
        const bool sends = socket.peer && socket.peer->wants_to_send();
        waits.push_back({socket.peer ? socket.peer->fd() : socket.listener.get(),
                         static_cast<short>(sends ? POLLIN | POLLOUT : POLLIN), 0});
      }
    }
    if (::poll(waits.data(), waits.size(), -1) <= 0) continue;
    std::uint64_t woken = 0;
    (void)!::read(wake_event_.get(), &woken, sizeof woken);
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 1; i < waits.size(); ++i) serve(sockets_[i - 1], waits[i].revents);
  }
}

void RedirServer::serve(Socket& socket, short events) {
  if (!socket.peer) {
    if ((events & POLLIN) != 0) accept_peer(socket);
    return;
  }
  const bool heard = (events & (POLLIN | POLLHUP | POLLERR)) == 0 || socket.peer->receive();
  settle(socket);
  if (heard && socket.peer->flush()) return;
  socket.peer.reset();
  if (socket.node) socket.node->all_clients_died();
}

void RedirServer::accept_peer(Socket& socket) {
  FileDescriptor peer(::accept4(socket.listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!peer.valid()) return;
  socket.peer = std::make_unique<RedirPeer>(std::move(peer));
  if (socket.node && !socket.node->gone()) socket.peer->connect(*socket.node, socket.model->spec());
}

// Tells the peer what has finished, and that the device is gone when a fault pulled its plug.
void RedirServer::settle(Socket& socket) {
  if (!socket.peer || !socket.node) return;
  if (socket.node->gone()) socket.peer->disconnect();
  socket.peer->deliver();
}

}  // namespace bianmin::emulator

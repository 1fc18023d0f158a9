// Emulated devices for the guest of a virtual machine: one UNIX socket per device, which speaks usb-redir.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "drivers/emulator/emulated_bus.hpp"
#include "drivers/emulator/redir_peer.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::emulator {

// The socket of the device "reader" is FOLDER/reader.sock, there from add() on; for QEMU:
//   -chardev socket,id=reader,path=FOLDER/reader.sock,reconnect=1 -device usb-redir,chardev=reader
// One peer at a time; the next one waits until it has gone. The devices run at full speed.
class RedirServer : public EmulatedBus {
 public:
  // Error "emulator.no_socket": the folder is not there or its name is too long for a socket.
  static Result<std::unique_ptr<RedirServer>> create(const std::string& folder);
  ~RedirServer() override;
  RedirServer(const RedirServer&) = delete;
  RedirServer& operator=(const RedirServer&) = delete;

  Port add(DeviceModel& model, std::string_view name) override;
  void plug(Port port) override;
  void unplug(Port port) override;
  bool plugged(Port port) const override;
  void all_programs_died() override;  // its kernel sees to it
  void fail_at(Port port, int transfer_index, FaultKind fault) override;
  void act_at(Port port, int transfer_index, std::function<void()> act) override;
  void forget_faults(Port port) override;
  int effect_count(Port port) const override;
  int transfer_count(Port port) const override;

  bool listens(Port port) const;  // false: its socket could not be made
  bool has_peer(Port port) const;

 private:
  struct Socket {
    DeviceModel* model = nullptr;
    std::string path;
    FileDescriptor listener;
    FaultScript script;
    std::unique_ptr<UsbfsNode> node;  // of the last stay; gone() when it is over
    std::unique_ptr<RedirPeer> peer;  // after the node, which it uses
  };
  explicit RedirServer(std::string folder);
  void begin_change() override;
  void end_change() override;
  void run(std::stop_token stop);
  void serve(Socket& socket, short events);
  void accept_peer(Socket& socket);
  void settle(Socket& socket);
  void wake();
  Socket& at(Port port) { return sockets_[static_cast<std::size_t>(port)]; }
  const Socket& at(Port port) const { return sockets_[static_cast<std::size_t>(port)]; }

  std::string folder_;
  FileDescriptor wake_event_;
  mutable std::mutex mutex_;  // guards all sockets and their models
  std::deque<Socket> sockets_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace bianmin::emulator

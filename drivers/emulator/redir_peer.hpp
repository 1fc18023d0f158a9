// One connected speaker of the usb-redir protocol (QEMU's usb-redir device): its packets become transfers of
// a device, their results become packets. The one place that knows libusbredirparser. Source:
// usb-redirection-protocol.txt of the usbredir project, version 0.7; how a host's side behaves was checked
// against QEMU 7.2.
#pragma once

#include <memory>

#include "drivers/emulator/usbfs_node.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::emulator {

// Thread-bound to whoever holds the server's lock. Every packet that asks for something is answered exactly
// once, as long as the device is plugged in. A peer that breaks the protocol is hung up on.
class RedirPeer {
 public:
  static constexpr ClientId client = 1;              // whose the packets' transfers are
  static constexpr std::size_t transfers_max = 256;  // under way at a time
  static constexpr std::size_t unsent_byte_max = std::size_t{8} * 1'024 * 1'024;  // of answers not fetched

  explicit RedirPeer(FileDescriptor socket);  // connected, non-blocking; the greeting is queued
  ~RedirPeer();
  RedirPeer(const RedirPeer&) = delete;
  RedirPeer& operator=(const RedirPeer&) = delete;

  int fd() const;
  // A device is plugged in: the peer hears of it at once, or when it has said hello. `node` must stay until
  // disconnect() or the peer's end.
  void connect(UsbfsNode& node, const DeviceSpec& spec);
  void disconnect();

  [[nodiscard]] bool receive();  // all that has come; false: hang up
  void deliver();                // what has finished, as packets
  [[nodiscard]] bool flush();    // as much as the socket takes now; false: hang up
  bool wants_to_send() const;

 private:
  struct Native;
  std::unique_ptr<Native> native_;
};

}  // namespace bianmin::emulator

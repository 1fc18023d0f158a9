// Inside of drivers/emulator only: umockdev, and its ioctl socket. The one place that names umockdev's types.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "drivers/emulator/usbfs_call.hpp"

struct usbdevfs_urb;

namespace bianmin::emulator {

Urb make_urb(std::uintptr_t key, const usbdevfs_urb& from, ByteView buffer);
void store_urb(const Urb& urb, usbdevfs_urb& to, std::uint8_t* buffer);

// A pretended /sys and /dev. Its calls must not overlap.
class MockSystem {
 public:
  // Answers an ioctl of a client; `arguments` null: the client has closed the node. On umockdev's thread.
  using Handler = std::function<long(ClientId, unsigned long request, UsbfsArguments* arguments)>;

  static std::unique_ptr<MockSystem>
  create();  // null: this program was not linked with umockdev's preload library
  ~MockSystem();
  MockSystem(const MockSystem&) = delete;
  MockSystem& operator=(const MockSystem&) = delete;

  std::string root_folder() const;
  void attach(const std::string& dev_node, Handler handler);  // before add(), which tells the world
  void add(const std::string& description);
  void remove(const std::string& sys_path, const std::string& dev_node);

 private:
  struct Native;
  MockSystem();
  std::unique_ptr<Native> native_;
};

}  // namespace bianmin::emulator

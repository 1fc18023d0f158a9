// One usbfs ioctl, whichever way it arrives: what both adapters share.
#pragma once

#include "drivers/emulator/usbfs_node.hpp"

namespace bianmin::emulator {

// The caller's memory as an adapter sees it.
class UsbfsArguments {
 public:
  virtual ~UsbfsArguments() = default;
  virtual std::uintptr_t value() const = 0;  // the argument itself: usually an address
  virtual void* structure(
      std::size_t byte_count) = 0;            // what it points to, writable; null when it cannot be had
  virtual std::optional<Urb> load_urb() = 0;  // for a submission
  virtual void give_back(
      const Urb& urb) = 0;  // for a reap: results into the URB, its address into the argument
};

// 0 or more, or -errno.
long execute_usbfs(UsbfsNode& node, ClientId client, unsigned long request, UsbfsArguments& arguments);

}  // namespace bianmin::emulator

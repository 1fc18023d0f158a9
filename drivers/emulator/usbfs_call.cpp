#include "drivers/emulator/usbfs_call.hpp"

#include <linux/ioctl.h>
// after the macros that it uses
#include <linux/usbdevice_fs.h>

#include <cerrno>
#include <cstring>

namespace bianmin::emulator {

namespace {

template <typename T>
T* structure(UsbfsArguments& arguments) {
  return static_cast<T*>(arguments.structure(sizeof(T)));
}

long get_driver(UsbfsNode& node, UsbfsArguments& arguments) {
  auto* asked = structure<usbdevfs_getdriver>(arguments);
  if (asked == nullptr) return -EFAULT;
  const std::string driver = node.driver_of(asked->interface);
  if (driver.empty()) return -ENODATA;
  std::memset(asked->driver, 0, sizeof asked->driver);
  std::memcpy(asked->driver, driver.data(), std::min(driver.size(), sizeof asked->driver - 1));
  return 0;
}

long interface_ioctl(UsbfsNode& node, UsbfsArguments& arguments) {
  const auto* asked = structure<usbdevfs_ioctl>(arguments);
  if (asked == nullptr) return -EFAULT;
  const auto interface = static_cast<unsigned>(asked->ifno);
  if (static_cast<unsigned>(asked->ioctl_code) == USBDEVFS_DISCONNECT) return node.detach_driver(interface);
  if (static_cast<unsigned>(asked->ioctl_code) == USBDEVFS_CONNECT) return node.attach_driver(interface);
  return -ENOTTY;
}

long claim(UsbfsNode& node, ClientId client, UsbfsArguments& arguments) {
  const auto* interface = structure<unsigned>(arguments);
  return interface == nullptr ? -EFAULT : node.claim(client, *interface, false);
}

long disconnect_claim(UsbfsNode& node, ClientId client, UsbfsArguments& arguments) {
  const auto* asked = structure<usbdevfs_disconnect_claim>(arguments);
  if (asked == nullptr) return -EFAULT;
  const std::string driver = node.driver_of(asked->interface);
  if ((asked->flags & USBDEVFS_DISCONNECT_CLAIM_EXCEPT_DRIVER) != 0 && driver == "usbfs") return -EBUSY;
  return node.claim(client, asked->interface, true);
}

long release(UsbfsNode& node, ClientId client, UsbfsArguments& arguments) {
  const auto* interface = structure<unsigned>(arguments);
  return interface == nullptr ? -EFAULT : node.release(client, *interface);
}

long clear_halt(UsbfsNode& node, UsbfsArguments& arguments) {
  const auto* endpoint = structure<unsigned>(arguments);
  return endpoint == nullptr ? -EFAULT : node.clear_halt(static_cast<std::uint8_t>(*endpoint));
}

long select(UsbfsNode& node, UsbfsArguments& arguments) {
  const auto* asked = structure<usbdevfs_setinterface>(arguments);
  return asked == nullptr ? -EFAULT : node.select(asked->interface, asked->altsetting);
}

long reap(UsbfsNode& node, ClientId client, UsbfsArguments& arguments) {
  const auto urb = node.reap(client);
  if (!urb) return node.gone() ? -ENODEV : -EAGAIN;
  arguments.give_back(*urb);
  return 0;
}

long submit(UsbfsNode& node, ClientId client, UsbfsArguments& arguments) {
  auto urb = arguments.load_urb();
  return urb ? node.submit(client, std::move(*urb)) : -EFAULT;
}

long capabilities(UsbfsArguments& arguments) {
  auto* answer = structure<std::uint32_t>(arguments);
  if (answer == nullptr) return -EFAULT;
  *answer = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
  return 0;
}

}  // namespace

long execute_usbfs(UsbfsNode& node, ClientId client, unsigned long request, UsbfsArguments& arguments) {
  constexpr long full_speed = 2;
  // What can still be said of a device that is gone.
  if (request == USBDEVFS_REAPURBNDELAY || request == USBDEVFS_REAPURB) return reap(node, client, arguments);
  if (node.gone()) return -ENODEV;
  switch (request) {
    case USBDEVFS_GET_CAPABILITIES:
      return capabilities(arguments);
    case USBDEVFS_GET_SPEED:
      return full_speed;
    case USBDEVFS_SUBMITURB:
      return submit(node, client, arguments);
    case USBDEVFS_DISCARDURB:
      return node.discard(client, arguments.value());
    case USBDEVFS_CLAIMINTERFACE:
      return claim(node, client, arguments);
    case USBDEVFS_RELEASEINTERFACE:
      return release(node, client, arguments);
    case USBDEVFS_DISCONNECT_CLAIM:
      return disconnect_claim(node, client, arguments);
    case USBDEVFS_GETDRIVER:
      return get_driver(node, arguments);
    case USBDEVFS_IOCTL:
      return interface_ioctl(node, arguments);
    case USBDEVFS_CLEAR_HALT:
    case USBDEVFS_RESETEP:
      return clear_halt(node, arguments);
    case USBDEVFS_RESET:
      return node.reset();
    case USBDEVFS_SETCONFIGURATION:
      return 0;
    case USBDEVFS_SETINTERFACE:
      return select(node, arguments);
    default:
      return -ENOTTY;
  }
}

}  // namespace bianmin::emulator

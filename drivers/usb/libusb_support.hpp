// Inside of drivers/usb only: the one place that names libusb's types.
#pragma once

#include <libusb-1.0/libusb.h>

#include <memory>
#include <optional>
#include <vector>

#include "drivers/usb/device_info.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::usb {

struct ContextDeleter {
  void operator()(libusb_context* context) const { libusb_exit(context); }
};
using Context = std::unique_ptr<libusb_context, ContextDeleter>;

struct HandleDeleter {
  void operator()(libusb_device_handle* handle) const { libusb_close(handle); }
};
using Handle = std::unique_ptr<libusb_device_handle, HandleDeleter>;

// A new context with nothing opened. A fresh one lists what is plugged in now, whatever events got lost
// before.
Result<Context> make_context();

// Owns one list of devices and its references.
class DeviceList {
 public:
  explicit DeviceList(libusb_context* context);
  ~DeviceList();
  DeviceList(const DeviceList&) = delete;
  DeviceList& operator=(const DeviceList&) = delete;
  bool ok() const { return count_ >= 0; }
  std::vector<libusb_device*> all() const;
  libusb_device* find(std::uint8_t bus, std::uint8_t address) const;  // null when it is not there

 private:
  libusb_device** devices_ = nullptr;
  ssize_t count_ = 0;
};

std::optional<DeviceInfo> describe(
    libusb_device* device);  // empty: gone meanwhile, or its descriptors are broken

// The error for a LIBUSB_ERROR_*, with this project's stable code ("usb.gone", "usb.busy", ...).
Error usb_error(int libusb_code, std::string_view doing);

}  // namespace bianmin::usb

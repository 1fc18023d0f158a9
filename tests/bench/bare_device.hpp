// A USB device used with bare libusb and nothing else: what drivers are measured against.
#pragma once

#include <libusb.h>

#include <array>
#include <cstdint>

#include "terminal/base/bytes.hpp"

namespace bianmin::bench {

[[noreturn]] void fail(const char* what);

class BareDevice {
 public:
  BareDevice(std::uint16_t vendor, std::uint16_t product) {
    if (libusb_init(&context_) != 0) fail("libusb_init");
    device_ = libusb_open_device_with_vid_pid(context_, vendor, product);
    if (device_ == nullptr) fail("no device to open");
    (void)libusb_set_auto_detach_kernel_driver(device_, 1);
    if (libusb_claim_interface(device_, 0) != 0) fail("no interface to claim");
  }
  ~BareDevice() {
    libusb_release_interface(device_, 0);
    libusb_close(device_);
    libusb_exit(context_);
  }
  BareDevice(const BareDevice&) = delete;
  BareDevice& operator=(const BareDevice&) = delete;

  void out(std::uint8_t endpoint, ByteView bytes) {
    int done = 0;
    auto* data = const_cast<std::uint8_t*>(bytes.data());  // NOLINT: libusb's type
    if (libusb_bulk_transfer(device_, endpoint, data, static_cast<int>(bytes.size()), &done, patience_ms) !=
        0) {
      fail("a transfer to the device");
    }
  }
  // How many bytes came.
  std::size_t in(std::uint8_t endpoint, std::size_t byte_max) {
    int done = 0;
    const int code = libusb_bulk_transfer(device_, endpoint, buffer_.data(), static_cast<int>(byte_max),
                                          &done, patience_ms);
    if (code != 0 || done == 0) fail("a transfer from the device");
    return static_cast<std::size_t>(done);
  }
  std::size_t in_by_interrupt(std::uint8_t endpoint, std::size_t byte_max) {
    int done = 0;
    const int code = libusb_interrupt_transfer(device_, endpoint, buffer_.data(), static_cast<int>(byte_max),
                                               &done, patience_ms);
    if (code != 0 || done == 0) fail("a report from the device");
    return static_cast<std::size_t>(done);
  }

 private:
  static constexpr unsigned patience_ms = 1'000;

  libusb_context* context_ = nullptr;
  libusb_device_handle* device_ = nullptr;
  std::array<std::uint8_t, 4'096> buffer_{};
};

}  // namespace bianmin::bench

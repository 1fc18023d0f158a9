// What an open channel is made of; for its own files alone.
#pragma once

#include <chrono>
#include <vector>

#include "drivers/usb/channel.hpp"
#include "drivers/usb/libusb_support.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::usb {

using Steady = std::chrono::steady_clock;

struct TransferDeleter {
  void operator()(libusb_transfer* transfer) const { libusb_free_transfer(transfer); }
};

// The memory of one transfer. The kernel may write into it until it is completed, so whoever gives up waiting
// leaves it alone for ever rather than freeing it.
struct Channel::Flight {
  std::unique_ptr<libusb_transfer, TransferDeleter> transfer{libusb_alloc_transfer(0)};
  SecretBytes buffer;  // what goes to a card may be a PIN
  int completed = 0;
};

struct Channel::Native {
  Context context;  // before the handle: closed after it
  Handle handle;
  std::vector<int> claimed;
  // libusb 1.0.26 unlocks the handle's mutex once too often when an alternate setting is chosen of a device
  // that has just gone (libusb#1199), and closing the handle would abort the program: then it is never
  // closed.
  bool never_close = false;

  ~Native() {
    for (const int interface : claimed) (void)libusb_release_interface(handle.get(), interface);
    if (never_close) (void)handle.release();
  }

  // Submits and waits. Success: completed, or ended by the clock with some bytes moved.
  Result<int> run(std::unique_ptr<Flight> flight, int timeout_ms, const std::stop_token& stop,
                  Bytes* received);
  timeval slice_until(Steady::time_point when) const;
};

}  // namespace bianmin::usb

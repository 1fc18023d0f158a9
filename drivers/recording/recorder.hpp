#pragma once

#include <mutex>

#include "drivers/recording/recording.hpp"
#include "drivers/usb/transfer_tap.hpp"

namespace bianmin::recording {

// Writes down what one device says and is told. Thread-safe. Of several devices on the bus only the first one
// that is opened belongs into a recording: record with one driver alone. What it holds may be personal data.
class Recorder : public usb::TransferTap {
 public:
  void opened(const usb::DeviceInfo& device, ByteView descriptors) override;
  void transferred(const usb::SeenTransfer& transfer) override;

  Recording take();         // what was seen until now; this one is empty again afterwards
  bool overflowed() const;  // there was more than a recording can hold: the rest is missing

 private:
  mutable std::mutex mutex_;
  Recording recording_;
  std::int64_t first_us_ = 0;
  bool overflowed_ = false;
};

}  // namespace bianmin::recording

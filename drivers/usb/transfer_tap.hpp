// Somebody who looks on at the transfers of a bus's channels, to record them. Without one nothing is done.
#pragma once

#include <cstdint>
#include <string_view>

#include "drivers/usb/device_info.hpp"
#include "terminal/base/bytes.hpp"

namespace bianmin::usb {

// One transfer that has ended. The views are borrowed for the call.
struct SeenTransfer {
  EndpointKind kind = EndpointKind::bulk;
  std::uint8_t endpoint = 0;  // bit 7 set: from the device
  ByteView request = {};      // control: the eight bytes of the setup; then what was sent
  std::size_t byte_max = 0;   // from the device: how many were asked for
  std::int64_t begun_us = 0;  // steady clock
  std::int64_t took_us = 0;
  std::string_view code = "ok";  // or the error's
  std::size_t moved = 0;         // to the device: how many it took
  ByteView answer = {};          // from the device
};

// Both run on the thread of the device and must only take notes. What is seen may be personal data.
class TransferTap {
 public:
  virtual ~TransferTap() = default;
  // `descriptors`: of the device and of its configuration, as the device gave them.
  virtual void opened(const DeviceInfo& device, ByteView descriptors) = 0;
  virtual void transferred(const SeenTransfer& transfer) = 0;
};

}  // namespace bianmin::usb

// One claimed interface of one open device: transfers that always end.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>

#include "drivers/usb/device_info.hpp"
#include "drivers/usb/transfer_tap.hpp"
#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::usb {

// An isochronous endpoint and how much of it is asked for at a time.
struct StreamShape {
  std::uint8_t endpoint = 0;
  std::size_t packet_byte_max = 0;
  int packets = 32;        // to a transfer
  int transfers = 4;       // under way at a time
  int silence_ms = 3'000;  // without a byte, and the stream counts as dead
};

// Thread-bound to the device's own thread; every call blocks at most for its time limit and a grace of
// `cancel_grace_ms`, and ends early with "usb.cancelled" when `stop` is requested from any thread.
//
// Each channel has its own libusb context: the thread that waits for a transfer also handles its events, so
// there is no hop to another thread, a wedged device holds up nobody else, and opening enumerates afresh.
//
// Errors of all calls: "usb.gone", "usb.timeout", "usb.stall", "usb.overflow", "usb.io", "usb.cancelled".
class Channel {
 public:
  static constexpr int cancel_grace_ms = 1'000;

  // Opens the device and claims the interface, taking it from a kernel driver (usblp, usbhid) for as long as
  // the channel lives. Retries a claim that is refused, because a node may be busy for some time after it
  // appears. Errors besides: "usb.not_found", "usb.busy", "usb.no_access". `tap` sees each transfer; it may
  // be null and must outlive the channel.
  static Result<std::unique_ptr<Channel>> open(const DeviceInfo& device, int interface_number,
                                               std::stop_token stop, TransferTap* tap = nullptr);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  const DeviceInfo& device() const { return device_; }
  const InterfaceInfo& interface() const { return interface_; }

  // How many bytes the device took: all of them, or fewer when the time was over after some of them.
  Result<std::size_t> write(std::uint8_t endpoint, ByteView bytes, int timeout_ms, std::stop_token stop);
  // One transfer: until `byte_max` bytes, a short packet, or the time is over after some bytes. An empty
  // answer is a zero-length packet. `byte_max` should be a multiple of the packet size: a longer packet is an
  // overflow.
  Result<Bytes> read(std::uint8_t endpoint, std::size_t byte_max, int timeout_ms, std::stop_token stop);
  // A control transfer from the device on endpoint 0; at most `byte_max` bytes.
  Result<Bytes> control_read(std::uint8_t request_type, std::uint8_t request, std::uint16_t value,
                             std::uint16_t index, std::uint16_t byte_max, int timeout_ms,
                             std::stop_token stop);
  // The other way: `data` may be empty. Success: the device took all of it; one that refuses the request says
  // so with "usb.stall", after which endpoint 0 works again by itself.
  Result<void> control_write(std::uint8_t request_type, std::uint8_t request, std::uint16_t value,
                             std::uint16_t index, ByteView data, int timeout_ms, std::stop_token stop);

  // Another interface of the device that the driver needs as well, taken from its kernel driver like the
  // first one and given back with it. Errors as open().
  Result<void> claim(int interface_number);
  // Of the interface that was opened: its other endpoints, or bandwidth. The kernel ends it within 5 s.
  Result<void> select_alternate(int alternate);
  // Takes packets as they come until `take` returns false: then success. What comes while `take` works is
  // kept as far as the transfers reach, and lost beyond. Packets that were damaged on the bus are left out.
  // The tap does not see them.
  Result<void> read_stream(const StreamShape& shape, const std::function<bool(ByteView packet)>& take,
                           std::stop_token stop);

  // These two cannot be stopped: the kernel itself ends them, a request after five seconds, a reset after its
  // tries. They hold up the device's own thread alone.
  Result<void> clear_halts();  // of all endpoints of the interface; ends at the first that fails
  Result<void> reset();        // the port; "usb.gone" when the device has to be opened anew
  // Takes the power from the hub's port for `off_ms` and gives it back, sooner when `stop` is requested. Many
  // hubs cannot, or only for all their ports: then an error, and nothing happened. Always followed by a new
  // open().
  Result<void> power_cycle(int off_ms, std::stop_token stop);

 private:
  struct Native;
  struct Flight;
  Channel(std::unique_ptr<Native> native, DeviceInfo device, InterfaceInfo interface, TransferTap* tap);
  Result<int> run(std::unique_ptr<Flight> flight, SeenTransfer seen, int timeout_ms,
                  const std::stop_token& stop, Bytes* received);
  void show_descriptors();
  const EndpointInfo* find_endpoint(std::uint8_t address) const;

  std::unique_ptr<Native> native_;
  DeviceInfo device_;
  InterfaceInfo interface_;
  TransferTap* tap_;
};

}  // namespace bianmin::usb

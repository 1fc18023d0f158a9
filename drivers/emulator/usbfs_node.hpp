// What Linux's usbfs does for one plugged-in device, over a device model: claims, URBs, halts, unplugging.
// Source: linux/usbdevice_fs.h and its documentation; behaviours that bite are in the tests.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "drivers/emulator/device_model.hpp"
#include "drivers/emulator/fault.hpp"

namespace bianmin::emulator {

// One opened file of one program.
using ClientId = std::uintptr_t;

struct UrbPacket {
  std::size_t byte_max = 0;
  std::size_t actual = 0;
};

struct Urb {
  std::uintptr_t key = 0;  // the address the program gave
  std::uint8_t type = 3;   // 0 isochronous, 1 interrupt, 2 control, 3 bulk
  std::uint8_t endpoint = 0;
  Bytes out;  // host to device; for control the eight bytes of the request come first
  std::size_t in_byte_max = 0;
  bool short_is_error = false;
  std::vector<UrbPacket> packets;  // isochronous: one behind the other in `in`, each at its full size
  // results
  int status = 0;  // 0 or -errno
  std::size_t actual = 0;
  Bytes in;
  std::shared_ptr<void> adapter_data;
};

// Thread-bound to whoever holds the testbed's lock. Calls return 0 or -errno as the ioctls do.
class UsbfsNode {
 public:
  // `readiness` runs when finished URBs become available (true) or run out (false).
  UsbfsNode(DeviceModel& model, FaultScript& script, std::function<void(bool)> readiness,
            std::function<void()> unplug_wanted);

  int submit(ClientId client, Urb urb);
  std::optional<Urb> reap(ClientId client);  // empty: EAGAIN, or ENODEV when gone
  int discard(ClientId client, std::uintptr_t key);
  bool swallowed(ClientId client, std::uintptr_t key) const;  // by a fault: it only ends when it is discarded
  int claim(ClientId client, unsigned interface, bool detach_driver);
  int release(ClientId client, unsigned interface);
  int clear_halt(std::uint8_t endpoint);
  int reset();
  int select(unsigned interface, unsigned alternate);
  std::string driver_of(unsigned interface) const;  // empty: none; "usbfs": a program has claimed it
  int detach_driver(unsigned interface);
  int attach_driver(unsigned interface);
  void client_closed(ClientId client);
  void all_clients_died();

  void pump();    // moves every waiting URB as far as the device lets it
  void unplug();  // all waiting URBs end with -ESHUTDOWN
  bool gone() const { return gone_; }
  int transfer_count() const { return transfer_count_; }

 private:
  struct Waiting {
    ClientId client;
    Urb urb;
    bool swallowed = false;  // a `timeout` or `late` fault: never ends by itself
  };
  bool advance(Waiting& waiting);  // true: finished
  bool advance_out(Waiting& waiting);
  bool advance_in(Waiting& waiting);
  bool advance_control(Waiting& waiting);
  bool advance_isochronous(Waiting& waiting);
  std::optional<FaultKind> next_fault();
  std::optional<Bytes> next_answer(std::uint8_t endpoint);
  bool fail(Waiting& waiting, FaultKind fault, bool* finished);
  bool damage(Bytes& bytes, FaultKind fault);
  std::size_t packet_byte_max(std::uint8_t endpoint) const;
  void finish(Waiting waiting);
  void update_readiness();

  DeviceModel& model_;
  FaultScript& script_;
  std::function<void(bool)> readiness_;
  std::function<void()> unplug_wanted_;
  std::deque<Waiting> waiting_;
  std::deque<Waiting> finished_;
  std::map<unsigned, ClientId> claims_;
  std::set<unsigned> detached_;
  std::set<std::uint8_t> halted_;
  std::map<std::uint8_t, Bytes> rest_;         // of an answer that did not fit its URB
  std::map<std::uint8_t, Bytes> last_answer_;  // for a stale one
  std::map<std::uint8_t, Bytes> held_answer_;  // the right one, behind a stale one
  int transfer_count_ = 0;
  bool gone_ = false;
  bool ready_ = false;
};

}  // namespace bianmin::emulator

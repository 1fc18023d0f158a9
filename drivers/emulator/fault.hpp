// Faults by script: what goes wrong at which transfer of a device.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string_view>

namespace bianmin::emulator {

// On the way to the device, the damaging kinds change what the device gets; the host hears that all is well.
// Transfers that carry nothing to damage, and kinds that a direction cannot have, are left as they are.
enum class FaultKind {
  unplug,   // the device is gone before this transfer does anything
  stall,    // the endpoint halts
  timeout,  // this transfer never ends and what it carried is lost; of what comes unasked the latter alone
  short_answer,    // the second half is missing
  oversize,        // more bytes than announced
  wrong_checksum,  // the last byte is another one
  garbage,         // noise of the same length
  babble,          // the device sends more than a packet may hold: the host controller cuts it off
  bit_flip,        // one bit in the middle is another one
  wrong_sequence,  // it carries another number than its exchange has, where the protocol has numbers
  late,            // the answer comes after the host has given up waiting, before the next one
  stale,           // the answer of the exchange before comes once more, and the right one only after it
};

std::optional<FaultKind> fault_from_name(std::string_view name);  // "wrong-checksum"
std::string_view fault_name(FaultKind kind);

// What happens to one device, by the index of the transfer: bulk, interrupt, and control requests that are
// not a standard one to the device; counted from plugging in.
struct FaultScript {
  std::map<int, FaultKind> faults;
  std::map<int, std::function<void()>> acts;  // run when this transfer begins
  int effect_count = 0;                       // faults that changed something
};

}  // namespace bianmin::emulator

// Faults by script: what goes wrong at which transfer of a device.
#pragma once

#include <optional>
#include <string_view>

namespace bianmin::emulator {

enum class FaultKind {
  unplug,          // the device is gone before this transfer does anything
  stall,           // the endpoint halts
  timeout,         // this transfer never ends and what it carried is lost
  short_answer,    // the second half of the answer is missing
  oversize,        // more bytes than announced
  wrong_checksum,  // the last byte is another one
  garbage,         // noise of the same length
  babble,          // the device sends more than a packet may hold: the host controller cuts it off
  bit_flip,        // one bit in the middle is another one
  wrong_sequence,  // the answer carries another number than its command, where the protocol has numbers
  late,            // the answer comes after the host has given up waiting, before the next one
};

std::optional<FaultKind> fault_from_name(std::string_view name);  // "wrong-checksum"
std::string_view fault_name(FaultKind kind);

}  // namespace bianmin::emulator

// What a fault does to a transfer, and the transfers in which the bus promises nothing.
#include <algorithm>
#include <cerrno>

#include "drivers/emulator/usbfs_node.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::uint8_t urb_control = 2;
constexpr std::size_t oversize_byte_count = 64;

void make_noise(Bytes& bytes) {
  std::uint32_t state = 0x2545F491;  // xorshift: noise, the same in each run
  for (std::uint8_t& byte : bytes) {
    state ^= state << 13U;
    state ^= state >> 17U;
    state ^= state << 5U;
    byte = static_cast<std::uint8_t>(state);
  }
}

}  // namespace

// Faults that end a transfer, or keep it from ending (then `finished` is false). False: it goes on.
bool UsbfsNode::fail(Waiting& waiting, FaultKind fault, bool* finished) {
  *finished = fault == FaultKind::stall;
  switch (fault) {
    case FaultKind::unplug:
      ++script_.effect_count;
      unplug_wanted_();
      return true;
    case FaultKind::stall:
      ++script_.effect_count;
      if (waiting.urb.type != urb_control) halted_.insert(waiting.urb.endpoint);
      waiting.urb.status = -EPIPE;
      return true;
    case FaultKind::timeout:
      ++script_.effect_count;
      waiting.swallowed = true;
      return true;
    default:
      return false;
  }
}

// True when anything changed.
bool UsbfsNode::damage(Bytes& bytes, FaultKind fault) {
  const Bytes before = bytes;
  switch (fault) {
    case FaultKind::short_answer:
      bytes.resize(bytes.size() / 2);
      break;
    case FaultKind::oversize:
      bytes.insert(bytes.end(), oversize_byte_count, 0xEE);
      break;
    case FaultKind::wrong_checksum:
      if (!bytes.empty()) bytes.back() ^= 0xFFU;
      break;
    case FaultKind::bit_flip:
      if (!bytes.empty()) bytes[bytes.size() / 2] ^= 0x08U;
      break;
    case FaultKind::wrong_sequence:
      model_.misnumber(bytes);
      break;
    case FaultKind::garbage:
      make_noise(bytes);
      break;
    default:
      return false;
  }
  if (bytes == before) return false;
  ++script_.effect_count;
  return true;
}

// Packets as they come; what is not ready in its time is an empty one. On a real bus a transfer always ends
// in time, here when there is something in it.
bool UsbfsNode::advance_isochronous(Waiting& waiting) {
  Urb& urb = waiting.urb;
  auto answer = next_answer(urb.endpoint);
  if (!answer) return false;
  bool finished = false;
  const auto fault = next_fault();
  if (fault && fail(waiting, *fault, &finished)) return finished;
  if (fault) (void)damage(*answer, *fault);
  urb.in.assign(urb.in_byte_max, 0);
  std::size_t at = 0;
  for (UrbPacket& packet : urb.packets) {
    if (!answer) answer = next_answer(urb.endpoint);
    if (!answer || at + packet.byte_max > urb.in.size()) break;
    packet.actual = std::min(answer->size(), packet.byte_max);
    std::copy_n(answer->begin(), packet.actual, urb.in.begin() + static_cast<std::ptrdiff_t>(at));
    urb.actual += packet.actual;
    at += packet.byte_max;
    answer.reset();
  }
  return true;
}

int UsbfsNode::select(unsigned interface, unsigned alternate) {
  if (gone_) return -ENODEV;
  if (!claims_.contains(interface)) return -EINVAL;
  model_.select(interface, alternate);
  pump();
  return 0;
}

}  // namespace bianmin::emulator

#include "drivers/emulator/echo_card.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace bianmin::emulator {

namespace {

Bytes with_status(Bytes data, unsigned status) {
  data.push_back(static_cast<std::uint8_t>(status >> 8U));
  data.push_back(static_cast<std::uint8_t>(status));
  return data;
}

Bytes pattern(std::size_t count) {
  Bytes data;
  for (std::size_t i = 0; i < count; ++i) data.push_back(static_cast<std::uint8_t>(i * 7));
  return data;
}

// The data field of a short or extended command.
ByteView data_of(ByteView command) {
  const ByteView body = command.subspan(4);
  if (body.size() <= 1) return {};
  if (body[0] != 0) return body.subspan(1, std::min<std::size_t>(body[0], body.size() - 1));
  if (body.size() <= 3) return {};
  const std::size_t length = body[1] * 256U + body[2];
  return body.subspan(3, std::min(length, body.size() - 3));
}

Bytes finished(Bytes atr) {
  for (const char letter : std::string("BIANMIN")) atr.push_back(static_cast<std::uint8_t>(letter));
  std::uint8_t sum = 0;
  for (std::size_t i = 1; i < atr.size(); ++i) sum ^= atr[i];
  atr.push_back(sum);
  return atr;
}

}  // namespace

void EchoCard::power_on() {
  ++power_count_;
  kept_.clear();
  chained_byte_count_ = 0;
}

Bytes EchoCard::answer(ByteView command) {
  ++command_count_;
  if (command.size() < 4) return {0x67, 0x00};
  return execute(command[1], static_cast<std::uint16_t>(command[2] * 256U + command[3]),
                 (command[0] & 0x10U) != 0, data_of(command));
}

Bytes EchoCard::execute(std::uint8_t ins, std::uint16_t p, bool chained, ByteView data) {
  switch (ins) {
    case 0xA4:
      return with_status({}, !data.empty() && data[0] == 0xFF ? 0x6A82 : 0x9000);
    case 0xCA:
      return with_status(pattern(p == 0xFFFF ? 65'536 : p), 0x9000);
    case 0x20: {
      static constexpr std::uint8_t right[] = {'1',  '2',  '3',  '4',  0xFF, 0xFF,
                                               0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
      const bool same = std::equal(data.begin(), data.end(), std::begin(right), std::end(right));
      return with_status({}, same ? 0x9000 : 0x63C2);
    }
    case 0xE0:
      return with_status(Bytes(data.begin(), data.end()), 0x9000);
    case 0xE2:
      return with_status({}, p);
    case 0xE4:
      kept_ = pattern(p & 0xFFU);
      return with_status({}, 0x6100U | (p & 0xFFU));
    case 0xC0:
      return with_status(std::exchange(kept_, {}), 0x9000);
    case 0xE6: {
      chained_byte_count_ += data.size();
      if (chained) return with_status({}, 0x9000);
      const std::size_t count = std::exchange(chained_byte_count_, 0);
      return with_status({static_cast<std::uint8_t>(count >> 8U), static_cast<std::uint8_t>(count)}, 0x9000);
    }
    default:
      return {0x6D, 0x00};
  }
}

Bytes atr_of_t0() {
  Bytes atr = finished({0x3B, 0x07});
  atr.pop_back();  // T=0 alone has no check byte
  return atr;
}

Bytes atr_of_t1(std::uint8_t ifsc, bool crc) {
  // TD1: T=1 and another group, which holds TA3 to TC3 for T=1.
  if (crc) return finished({0x3B, 0x87, 0x81, 0x71, ifsc, 0x45, 0x01});
  return finished({0x3B, 0x87, 0x81, 0x31, ifsc, 0x45});
}

Bytes atr_of_both() { return finished({0x3B, 0x87, 0x80, 0x01}); }

Bytes atr_of_fast_t1(std::uint8_t speed) { return finished({0x3B, 0x97, speed, 0x81, 0x31, 0xFE, 0x45}); }

}  // namespace bianmin::emulator

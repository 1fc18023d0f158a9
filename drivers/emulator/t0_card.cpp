#include "drivers/emulator/t0_card.hpp"

#include <algorithm>

namespace bianmin::emulator {

namespace {

constexpr std::uint8_t get_response = 0xC0;
constexpr std::size_t header_byte_count = 5;

Bytes status(unsigned sw1, std::size_t sw2) {
  return {static_cast<std::uint8_t>(sw1), static_cast<std::uint8_t>(sw2)};
}

}  // namespace

Bytes T0Card::give(std::size_t count) {
  count = std::min(count, waiting_.size());
  Bytes out(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
  const Bytes end = waiting_.empty() ? status(status_ >> 8U, status_ & 0xFFU)
                                     : status(0x61, std::min<std::size_t>(waiting_.size(), 256));
  append(out, end);
  return out;
}

Bytes T0Card::answer(CardModel& card, ByteView tpdu) {
  if (tpdu.size() < header_byte_count) return status(0x67, 0);
  const std::size_t p3 = tpdu[4];
  const bool sends_data = tpdu.size() > header_byte_count;
  if (sends_data && tpdu.size() != header_byte_count + p3) return status(0x67, 0);
  const std::size_t asked = p3 == 0 ? 256 : p3;
  if (tpdu[1] == get_response && !waiting_.empty()) {
    return asked > waiting_.size() && p3 != 0 ? status(0x6C, waiting_.size()) : give(asked);
  }
  // As the card would hear it over T=1: with data, an answer of any length is expected too.
  Bytes command(tpdu.begin(), tpdu.end());
  if (sends_data) command.push_back(0);
  const Bytes whole = card.answer(command);
  if (whole.size() < 2) return status(0x6F, 0);
  waiting_.assign(whole.begin(), whole.end() - 2);
  status_ = static_cast<std::uint16_t>(whole[whole.size() - 2] << 8U | whole[whole.size() - 1]);
  if (waiting_.empty()) return give(0);
  if (sends_data) return status(0x61, std::min<std::size_t>(waiting_.size(), 256));
  if (waiting_.size() < asked) {
    const std::size_t right = waiting_.size();
    waiting_.clear();
    return status(0x6C, right);
  }
  return give(asked);
}

}  // namespace bianmin::emulator

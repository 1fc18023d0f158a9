#include "drivers/emulator/t1_card.hpp"

#include <algorithm>
#include <utility>

namespace bianmin::emulator {

namespace {

constexpr std::uint8_t i_more = 0x20;
constexpr std::uint8_t r_block = 0x80;
constexpr std::uint8_t s_resynch = 0xC0;
constexpr std::uint8_t s_ifs = 0xC1;
constexpr std::uint8_t s_abort = 0xC2;
constexpr std::uint8_t s_wtx = 0xC3;
constexpr std::uint8_t s_answer = 0x20;

// One bit after the other, as the standard draws it.
std::uint16_t crc_of(ByteView bytes) {
  std::uint16_t remainder = 0xFFFF;
  for (const std::uint8_t byte : bytes) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      const bool in = ((byte >> bit) & 1U) != 0;
      const bool out = (remainder & 1U) != 0;
      remainder = static_cast<std::uint16_t>(remainder >> 1U);
      if (in != out) remainder ^= 0x8408U;
    }
  }
  return static_cast<std::uint16_t>(~remainder);
}

}  // namespace

void T1Card::power_on() {
  ifsd_ = 32;
  sent_number_ = 0;
  expected_number_ = 0;
  command_.clear();
  answer_.clear();
  last_sent_.clear();
  answered_ = part_ = 0;
  awaits_response_ = false;
}

void T1Card::ask_time(int count, std::uint8_t multiplier) {
  times_ = count;
  multiplier_ = multiplier;
}

bool T1Card::right_check(ByteView block) const {
  const std::size_t epilogue = crc_ ? 2 : 1;
  if (block.size() < 3 + epilogue || block.size() != 3U + block[2] + epilogue) return false;
  const ByteView covered = block.first(block.size() - epilogue);
  if (crc_) {
    const std::uint16_t crc = crc_of(covered);
    return block[covered.size()] == (crc & 0xFFU) && block[covered.size() + 1] == crc >> 8U;
  }
  std::uint8_t lrc = 0;
  for (const std::uint8_t byte : covered) lrc ^= byte;
  return lrc == block.back();
}

Bytes T1Card::frame(std::uint8_t pcb, ByteView information) {
  Bytes block = {0x00, pcb, static_cast<std::uint8_t>(information.size())};
  append(block, information);
  if (crc_) {
    const std::uint16_t crc = crc_of(block);
    block.push_back(static_cast<std::uint8_t>(crc));
    block.push_back(static_cast<std::uint8_t>(crc >> 8U));
  } else {
    std::uint8_t lrc = 0;
    for (const std::uint8_t byte : block) lrc ^= byte;
    block.push_back(lrc);
  }
  return block;
}

std::optional<Bytes> T1Card::answer(CardModel& card, ByteView block) {
  Bytes out;
  if (!right_check(block)) {
    out = frame(static_cast<std::uint8_t>(r_block | expected_number_ << 4U | 0x01), {});
  } else if (repeats_ > 0 && (block[1] & 0x80U) == 0) {
    --repeats_;
    out = frame(static_cast<std::uint8_t>(r_block | expected_number_ << 4U | 0x01), {});
  } else {
    out = respond(card, block);
    last_sent_ = out;
  }
  if (silent_ > 0) {
    --silent_;
    return std::nullopt;
  }
  if (spoiled_ > 0) {
    --spoiled_;
    out.back() ^= 0x5AU;
  }
  return out;
}

Bytes T1Card::respond(CardModel& card, ByteView block) {
  const std::uint8_t pcb = block[1];
  const ByteView information = block.subspan(3, block[2]);
  longest_block_ = std::max(longest_block_, information.size());
  if ((pcb & 0xC0U) == 0xC0U) return supervise(card, pcb, information);
  if ((pcb & 0x80U) != 0) {  // R
    const auto asked = static_cast<std::uint8_t>((pcb >> 4U) & 1U);
    if (asked == sent_number_ && part_ > 0 && answered_ + part_ < answer_.size()) {
      answered_ += part_;
      return next_part();
    }
    return last_sent_.empty() ? frame(static_cast<std::uint8_t>(r_block | expected_number_ << 4U), {})
                              : last_sent_;
  }
  const auto number = static_cast<std::uint8_t>((pcb >> 6U) & 1U);
  if (number != expected_number_ || information.size() > ifsc_) {
    return frame(static_cast<std::uint8_t>(r_block | expected_number_ << 4U | 0x02), {});
  }
  expected_number_ ^= 1U;
  append(command_, information);
  if ((pcb & i_more) != 0) return frame(static_cast<std::uint8_t>(r_block | expected_number_ << 4U), {});
  return begin_answer(card);
}

// The host's whole command is here; before the answer come the requests that were ordered.
Bytes T1Card::begin_answer(CardModel& card) {
  if (std::exchange(gives_up_, false)) {
    awaits_response_ = true;
    command_.clear();
    return frame(s_abort, {});
  }
  if (new_ifsc_) {
    awaits_response_ = true;
    return frame(s_ifs, Bytes{*new_ifsc_});
  }
  if (times_ > 0) {
    --times_;
    awaits_response_ = true;
    return frame(s_wtx, Bytes{multiplier_});
  }
  answer_ = card.answer(std::exchange(command_, {}));
  answered_ = 0;
  return next_part();
}

Bytes T1Card::next_part() {
  part_ = std::min(answer_.size() - answered_, ifsd_);
  const bool more = answered_ + part_ < answer_.size();
  const auto pcb = static_cast<std::uint8_t>(sent_number_ << 6U | (more ? i_more : 0));
  sent_number_ ^= 1U;
  return frame(pcb, ByteView(answer_).subspan(answered_, part_));
}

Bytes T1Card::supervise(CardModel& card, std::uint8_t pcb, ByteView information) {
  switch (pcb) {
    case s_resynch:
      ++resynch_count_;
      sent_number_ = expected_number_ = 0;
      command_.clear();
      answer_.clear();
      answered_ = part_ = 0;
      return frame(s_resynch | s_answer, {});
    case s_ifs:
      if (information.size() != 1) break;
      ifsd_ = information[0];
      return frame(s_ifs | s_answer, information);
    case s_ifs | s_answer:
      if (!std::exchange(awaits_response_, false) || !new_ifsc_) break;
      ifsc_ = *std::exchange(new_ifsc_, std::nullopt);
      return begin_answer(card);
    case s_wtx | s_answer:
      if (!std::exchange(awaits_response_, false)) break;
      return begin_answer(card);
    case s_abort | s_answer:
      awaits_response_ = false;
      return frame(static_cast<std::uint8_t>(r_block | expected_number_ << 4U), {});
    default:
      break;
  }
  return frame(static_cast<std::uint8_t>(r_block | expected_number_ << 4U | 0x02), {});
}

}  // namespace bianmin::emulator

// What the reader model does with the card in a slot.
#include <algorithm>
#include <utility>

#include "drivers/emulator/ccid_reader_model.hpp"
#include "drivers/emulator/ccid_wire.hpp"

namespace bianmin::emulator {

namespace {

// TD1 of an ATR with a right shape says the first protocol; the groups after it say how T=1 is spoken.
struct Spoken {
  int first = 0;
  bool t1 = false;
  std::size_t ifsc = 32;
  bool crc = false;
};

Spoken spoken_by(ByteView atr) {
  Spoken spoken;
  std::size_t at = 2;
  unsigned present = atr.size() > 1 ? static_cast<unsigned>(atr[1]) >> 4U : 0U;
  int protocol = -1;
  for (int group = 1; present != 0 && at < atr.size(); ++group) {
    const bool of_t1 = group > 2 && protocol == 1;
    const auto next = [&]() -> unsigned { return at < atr.size() ? atr[at++] : 0U; };
    if ((present & 1U) != 0) {
      const unsigned value = next();
      if (of_t1) spoken.ifsc = value;
    }
    if ((present & 2U) != 0) (void)next();
    if ((present & 4U) != 0) {
      const unsigned value = next();
      if (of_t1) spoken.crc = (value & 1U) != 0;
    }
    if ((present & 8U) == 0) break;
    const unsigned td = next();
    protocol = static_cast<int>(td & 15U);
    if (group == 1) spoken.first = protocol;
    spoken.t1 = spoken.t1 || protocol == 1;
    present = td >> 4U;
  }
  return spoken;
}

}  // namespace

void CcidReaderModel::power_card(const Command& command, Slot& slot) {
  last_voltage_ = command.specific[0];
  if (slot.card == nullptr || mute_ || asleep_) return fail(command, error_mute);
  if (last_voltage_ > 0 && (refused_voltages_ >> (last_voltage_ - 1U) & 1U) != 0)
    return fail(command, error_mute);
  slot.active = true;
  slot.card->power_on();
  const Bytes atr = slot.card->atr();
  const Spoken spoken = spoken_by(atr);
  slot.protocol = spoken.first == 1 || !spoken.t1 ? spoken.first : 0;
  slot.t0.power_on();
  if (spoken.t1 && !slot.t1) slot.t1.emplace(spoken.ifsc, spoken.crc);
  if (slot.t1) {
    slot.t1->power_on();
    // The IFSD that such a reader has announced by itself.
    if (options_.automatic) {
      const Bytes announced = {0, 0xC1, 1, 254, static_cast<std::uint8_t>(0xC1 ^ 1 ^ 254)};
      if (!spoken.crc) (void)slot.t1->answer(*slot.card, announced);
    }
  }
  slot.speaks_pps = !options_.automatic;
  slot.parameters = slot.protocol == 1 ? Bytes{0x11, 0x10, 0, 0x45, 0, 32, 0} : Bytes{0x11, 0, 0, 10, 0};
  answer(command, rdr_data_block, atr);
}

void CcidReaderModel::set_parameters(const Command& command, Slot& slot) {
  if (!slot.active) return fail(command, error_mute);
  const std::size_t right = command.specific[0] == 1 ? 7 : 5;
  if (command.specific[0] > 1 || command.data.size() != right) return fail(command, 0x07);
  slot.protocol = command.specific[0];
  slot.parameters = command.data;
  slot.speaks_pps = false;
  answer(command, rdr_parameters, slot.parameters, command.specific[0]);
}

void CcidReaderModel::exchange(const Command& command, Slot& slot) {
  if (slot.card == nullptr && denies_absence_) return answer(command, rdr_data_block, {});
  if (slot.card == nullptr || !slot.active) return fail(command, error_mute);
  if (holding_) {
    holding_ = false;
    held_ = command;
    return;
  }
  for (; extensions_ > 0; --extensions_) send(command, rdr_data_block, 2, multiplier_, 0, {});
  if (options_.level != CcidLevel::tpdu) return exchange_apdu(command, slot);
  if (slot.speaks_pps && !command.data.empty() && command.data[0] == 0xFF) {
    if (refuses_pps_) {
      slot.active = false;
      return fail(command, error_mute);
    }
    slot.protocol = command.data[1] & 0x0F;
    return answer(command, rdr_data_block, command.data);
  }
  if (slot.protocol == 0) return answer(command, rdr_data_block, slot.t0.answer(*slot.card, command.data));
  const auto block = slot.t1->answer(*slot.card, command.data);
  block ? answer(command, rdr_data_block, *block) : fail(command, error_mute);
}

// wLevelParameter, 6.1.4: 0 whole, 1 begins, 2 ends, 3 goes on, 10h: the next piece of the answer.
void CcidReaderModel::exchange_apdu(const Command& command, Slot& slot) {
  constexpr std::size_t short_apdu_max = 261;
  const unsigned level = command.specific[1] | static_cast<unsigned>(command.specific[2]) << 8U;
  if (options_.level == CcidLevel::short_apdu) {
    if (level != 0 || command.data.size() > short_apdu_max) return fail(command, error_bad_length);
    return answer(command, rdr_data_block, slot.card->answer(command.data));
  }
  if (level == 0x10) return slot.rest.empty() ? fail(command, 0x08) : give_piece(command, slot, false);
  if (level > 3) return fail(command, 0x08);
  if (level <= 1) slot.pieces.clear();
  append(slot.pieces, command.data);
  if (level == 1 || level == 3) return answer(command, rdr_data_block, {}, 0x10);
  slot.rest = slot.card->answer(std::exchange(slot.pieces, {}));
  give_piece(command, slot, true);
}

void CcidReaderModel::give_piece(const Command& command, Slot& slot, bool first) {
  const std::size_t count =
      std::min<std::size_t>(slot.rest.size(), options_.message_byte_max - ccid_header_bytes);
  const Bytes piece(slot.rest.begin(), slot.rest.begin() + static_cast<std::ptrdiff_t>(count));
  slot.rest.erase(slot.rest.begin(), slot.rest.begin() + static_cast<std::ptrdiff_t>(count));
  std::uint8_t chain = first ? 0 : 2;
  if (!slot.rest.empty()) chain = first ? 1 : 3;
  answer(command, rdr_data_block, piece, chain);
}

// PC_to_RDR_Secure, 6.1.11.1: verification alone.
void CcidReaderModel::enter_pin(const Command& command, Slot& slot) {
  constexpr std::size_t structure_byte_count = 15;
  last_pin_data_ = command.data;
  if (!options_.pin_pad) return fail(command, error_not_supported);
  if (slot.card == nullptr || !slot.active) return fail(command, error_mute);
  if (command.data.size() < structure_byte_count + 5 || command.data[0] != 0) return fail(command, 10);
  if (person_.act == PinPerson::Act::cancels) return fail(command, error_pin_cancelled);
  if (person_.act == PinPerson::Act::waits) return fail(command, error_pin_timeout);
  if (person_.act == PinPerson::Act::nothing) {
    held_ = command;
    return;
  }
  const std::size_t digits_max = command.data[5];
  const std::size_t digits_min = command.data[6];
  Bytes apdu(command.data.begin() + structure_byte_count, command.data.end());
  if (person_.digits.size() < digits_min || person_.digits.size() > digits_max) {
    return answer(command, rdr_data_block, {0x64, 0x03});
  }
  std::copy(person_.digits.begin(), person_.digits.end(), apdu.begin() + 5);
  if (options_.level != CcidLevel::tpdu || slot.protocol == 0) {
    return answer(command, rdr_data_block, slot.card->answer(apdu));
  }
  Bytes block(command.data.begin() + 12, command.data.begin() + 15);  // bTeoPrologue
  append(block, apdu);
  std::uint8_t lrc = 0;
  for (const std::uint8_t byte : block) lrc ^= byte;
  block.push_back(lrc);
  const auto from_card = slot.t1->answer(*slot.card, block);
  from_card ? answer(command, rdr_data_block, *from_card) : fail(command, error_mute);
}

}  // namespace bianmin::emulator

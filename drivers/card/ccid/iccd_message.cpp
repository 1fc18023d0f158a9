#include "drivers/card/ccid/iccd_message.hpp"

#include <algorithm>
#include <array>

namespace bianmin::card {

namespace {

constexpr std::uint8_t response_status = 0x40;
constexpr std::uint8_t response_wait = 0x80;
constexpr std::size_t status_byte_count = 3;
constexpr int wait_unit_ms = 10;

Error bad(std::string_view why) { return {Remedy::retry_later, "reader.bad_frame", std::string(why)}; }

IccStatus icc_of(std::uint8_t status) {
  switch (status & 0x03U) {
    case 0:
      return IccStatus::active;
    case 1:
      return IccStatus::inactive;
    default:
      return IccStatus::absent;
  }
}

IccdAnswer wait_of(CcidAnswerType type, ByteView bytes) {
  ByteReader reader(bytes);
  reader.skip(1);
  IccdAnswer waits{{.type = type, .status = CommandStatus::wants_time}};
  waits.wait_ms = reader.u16_le() * wait_unit_ms;
  return waits;
}

}  // namespace

Result<IccdState> decode_iccd_state(ByteView bytes) {
  if (bytes.size() != 1) return bad("a token's state is not of one byte");
  switch (bytes[0]) {
    case 0x00:
    case 0x10:
    case 0x20:
      return IccdState::ready;
    case 0x40:
      return IccdState::busy;
    case 0x80:
      return IccdState::mute;
    default:
      return bad("an unknown state of a token");
  }
}

Result<CcidAnswer> decode_iccd_data(ByteView bytes, std::size_t data_byte_max) {
  if (bytes.size() > data_byte_max) return bad("longer than the token's blocks are");
  CcidAnswer answer{.type = CcidAnswerType::data_block, .icc = IccStatus::active};
  answer.data.assign(bytes.begin(), bytes.end());
  return answer;
}

Result<IccdAnswer> decode_iccd_block(ByteView bytes, std::size_t data_byte_max) {
  if (bytes.empty()) return bad("a block without its kind");
  const std::uint8_t kind = bytes[0];
  if (kind == response_status || kind == response_wait) {
    if (bytes.size() != status_byte_count) return bad("a status is not of three bytes");
    if (kind == response_wait) return wait_of(CcidAnswerType::data_block, bytes);
    CcidAnswer failed{.type = CcidAnswerType::data_block, .icc = icc_of(bytes[1])};
    failed.status = CommandStatus::failed;
    failed.error = bytes[2];
    return IccdAnswer{std::move(failed)};
  }
  constexpr std::array<std::uint8_t, 5> places = {0x00, 0x01, 0x02, 0x03, 0x10};
  if (std::find(places.begin(), places.end(), kind) == places.end()) return bad("an unknown kind of block");
  auto answer = decode_iccd_data(bytes.subspan(1), data_byte_max);
  if (!answer) return answer.error();
  answer->last = kind;
  return IccdAnswer{std::move(*answer)};
}

Result<IccdAnswer> decode_iccd_slot_status(ByteView bytes) {
  if (bytes.size() != status_byte_count) return bad("a status is not of three bytes");
  if (bytes[0] == response_wait) return wait_of(CcidAnswerType::slot_status, bytes);
  return IccdAnswer{{.type = CcidAnswerType::slot_status, .icc = icc_of(bytes[1])}};
}

}  // namespace bianmin::card

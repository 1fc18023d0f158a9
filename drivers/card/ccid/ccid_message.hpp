// Messages of USB CCID Rev 1.1, chapter 6: commands to a reader, its answers, and what it says unasked. Pure;
// answers are hostile.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::card {

constexpr std::size_t ccid_header_byte_count = 10;

enum class CcidCommand : std::uint8_t {
  set_parameters = 0x61,
  power_on = 0x62,
  power_off = 0x63,
  slot_status = 0x65,
  secure = 0x69,
  t0_apdu = 0x6A,
  escape = 0x6B,
  get_parameters = 0x6C,
  reset_parameters = 0x6D,
  clock = 0x6E,
  transfer = 0x6F,
  mechanical = 0x71,
  abort = 0x72,
  set_rate_and_clock = 0x73,
};

enum class CcidAnswerType : std::uint8_t {
  data_block = 0x80,
  slot_status = 0x81,
  parameters = 0x82,
  escape = 0x83,
  rate_and_clock = 0x84,
};

// wLevelParameter and bChainParameter: where this piece of a long APDU stands.
enum class CcidChain : std::uint8_t {
  whole = 0x00,
  begins = 0x01,
  ends = 0x02,
  goes_on = 0x03,
  more_please = 0x10,  // an empty piece that asks for the next one
};

struct CcidMessage {
  CcidCommand command = CcidCommand::slot_status;
  std::uint8_t slot = 0;
  std::uint8_t sequence = 0;
  std::uint8_t specific[3] = {};  // bytes 7 to 9, as the command has them
  SecretBytes data = {};
};

// Of the commands with something in bytes 7 to 9. `voltage`: 0 automatic, 1: 5 V, 2: 3 V, 3: 1.8 V.
CcidMessage ccid_power_on(std::uint8_t voltage);
// `waiting` multiplies the block waiting time of T=1; 0 or 1: as it is.
CcidMessage ccid_transfer(ByteView data, std::uint8_t waiting, CcidChain chain);
CcidMessage ccid_secure(ByteView data);
// `parameters`: 5 bytes for T=0, 7 for T=1.
CcidMessage ccid_set_parameters(int protocol, ByteView parameters);
CcidMessage ccid_clock(bool stop);
CcidMessage ccid_set_rate_and_clock(std::uint32_t clock_khz, std::uint32_t rate_bps);
CcidMessage ccid_plain(CcidCommand command);  // without bytes 7 to 9 and without data

SecretBytes encode_ccid(const CcidMessage& message);

enum class IccStatus { active, inactive, absent };
enum class CommandStatus { done, failed, wants_time };

struct CcidAnswer {
  CcidAnswerType type = CcidAnswerType::slot_status;
  std::uint8_t slot = 0;
  std::uint8_t sequence = 0;
  IccStatus icc = IccStatus::absent;
  CommandStatus status = CommandStatus::done;
  std::uint8_t error = 0;  // why it failed; while it wants time: how many waiting times (0 counts as 1)
  std::uint8_t last = 0;   // bChainParameter, bClockStatus or bProtocolNum
  SecretBytes data = {};

  CcidChain chain() const { return static_cast<CcidChain>(last); }
};

// How long the whole answer is of which these are the first bytes. Empty: fewer than its header came. Error
// "reader.bad_frame": no answer begins so, or it claims more than `byte_max`.
Result<std::optional<std::size_t>> ccid_answer_byte_count(ByteView beginning, std::size_t byte_max);
// Exactly one whole answer. Error "reader.bad_frame" with what is wrong.
Result<CcidAnswer> decode_ccid(ByteView bytes);

// What answers a command.
CcidAnswerType answer_to(CcidCommand command);

// What bError means when a command failed (table 6.2-2). Codes as SmartCard has them, and "reader.*".
enum class CcidFault {
  not_supported,
  bad_parameter,
  bad_slot,
  slot_busy,
  pin_cancelled,
  pin_timeout,
  busy_with_auto_sequence,
  deactivated_protocol,
  procedure_byte_conflict,
  class_not_supported,
  protocol_not_supported,
  bad_atr_tck,
  bad_atr_ts,
  hardware,
  overrun,
  parity,
  mute,
  aborted,
  vendor,
  reserved,
};
CcidFault ccid_fault(std::uint8_t error);
std::string_view fault_text(CcidFault fault);  // for the log
// The error for a failed answer: "card.removed" when no card is there any more, "card.mute",
// "card.cancelled", "pin.timeout", "pin.cancelled", "reader.bad_command", "reader.busy".
// The detail names the fault and the byte.
Error ccid_error(const CcidAnswer& answer);

// Unasked, on the interrupt endpoint.
struct SlotChange {
  bool present = false;
  bool changed = false;
};
struct HardwareFault {
  std::uint8_t slot = 0;
  std::uint8_t sequence = 0;
  std::uint8_t code = 0;  // 1: too much current
};
struct CcidNotice {
  std::vector<SlotChange> slots;  // of a NotifySlotChange; of more slots than the reader has: to be ignored
  std::optional<HardwareFault> hardware;
};
Result<CcidNotice> decode_ccid_notice(ByteView bytes);  // error "reader.bad_frame"

}  // namespace bianmin::card

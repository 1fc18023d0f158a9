#include "drivers/card/ccid/ccid_message.hpp"

#include <algorithm>
#include <array>

namespace bianmin::card {

namespace {

constexpr std::uint8_t notice_slot_change = 0x50;
constexpr std::uint8_t notice_hardware = 0x51;
constexpr std::size_t notice_byte_max = 1 + 64;  // four slots to a byte, 256 slots
constexpr std::size_t rate_and_clock_byte_count = 8;

Error bad(std::string_view why) { return {Remedy::retry_later, "reader.bad_frame", std::string(why)}; }

bool known_type(std::uint8_t type) { return type >= 0x80 && type <= 0x84; }

}  // namespace

CcidMessage ccid_power_on(std::uint8_t voltage) {
  CcidMessage message{.command = CcidCommand::power_on};
  message.specific[0] = voltage;
  return message;
}

CcidMessage ccid_transfer(ByteView data, std::uint8_t waiting, CcidChain chain) {
  CcidMessage message{.command = CcidCommand::transfer};
  message.specific[0] = waiting;
  message.specific[1] = static_cast<std::uint8_t>(chain);
  message.data.assign(data.begin(), data.end());
  return message;
}

CcidMessage ccid_secure(ByteView data) {
  CcidMessage message{.command = CcidCommand::secure};
  message.data.assign(data.begin(), data.end());
  return message;
}

CcidMessage ccid_set_parameters(int protocol, ByteView parameters) {
  CcidMessage message{.command = CcidCommand::set_parameters};
  message.specific[0] = static_cast<std::uint8_t>(protocol);
  message.data.assign(parameters.begin(), parameters.end());
  return message;
}

CcidMessage ccid_clock(bool stop) {
  CcidMessage message{.command = CcidCommand::clock};
  message.specific[0] = stop ? 1 : 0;
  return message;
}

CcidMessage ccid_set_rate_and_clock(std::uint32_t clock_khz, std::uint32_t rate_bps) {
  CcidMessage message{.command = CcidCommand::set_rate_and_clock};
  ByteWriter data;
  data.u32_le(clock_khz).u32_le(rate_bps);
  message.data.assign(data.view().begin(), data.view().end());
  return message;
}

CcidMessage ccid_plain(CcidCommand command) { return {.command = command}; }

SecretBytes encode_ccid(const CcidMessage& message) {
  ByteWriter header;
  header.u8(static_cast<std::uint8_t>(message.command))
      .u32_le(static_cast<std::uint32_t>(message.data.size()));
  header.u8(message.slot).u8(message.sequence).bytes(message.specific);
  SecretBytes out;
  out.reserve(ccid_header_byte_count + message.data.size());
  out.insert(out.end(), header.view().begin(), header.view().end());
  out.insert(out.end(), message.data.begin(), message.data.end());
  return out;
}

Result<std::optional<std::size_t>> ccid_answer_byte_count(ByteView beginning, std::size_t byte_max) {
  if (!beginning.empty() && !known_type(beginning[0])) return bad("no answer begins so");
  if (beginning.size() < ccid_header_byte_count) return std::optional<std::size_t>();
  ByteReader reader(beginning.subspan(1));
  const std::size_t length = ccid_header_byte_count + std::size_t{reader.u32_le()};
  if (length > byte_max) return bad("longer than the reader's messages are");
  return std::optional<std::size_t>(length);
}

Result<CcidAnswer> decode_ccid(ByteView bytes) {
  ByteReader reader(bytes);
  const std::uint8_t type = reader.u8();
  const std::uint32_t length = reader.u32_le();
  CcidAnswer answer;
  answer.slot = reader.u8();
  answer.sequence = reader.u8();
  const std::uint8_t status = reader.u8();
  answer.error = reader.u8();
  answer.last = reader.u8();
  const ByteView data = reader.rest();
  if (reader.failed()) return bad("shorter than a header");
  if (!known_type(type)) return bad("an unknown kind of answer");
  if (data.size() != length) return bad("its length is not what it says");
  answer.type = static_cast<CcidAnswerType>(type);
  switch (status & 0x03U) {
    case 0:
      answer.icc = IccStatus::active;
      break;
    case 1:
      answer.icc = IccStatus::inactive;
      break;
    case 2:
      answer.icc = IccStatus::absent;
      break;
    default:
      return bad("an unknown card status");
  }
  switch (status >> 6U) {
    case 0:
      answer.status = CommandStatus::done;
      break;
    case 1:
      answer.status = CommandStatus::failed;
      break;
    case 2:
      answer.status = CommandStatus::wants_time;
      break;
    default:
      return bad("an unknown command status");
  }
  if (answer.type == CcidAnswerType::slot_status && !data.empty()) return bad("a status with data");
  if (answer.type == CcidAnswerType::rate_and_clock && answer.status == CommandStatus::done &&
      data.size() != rate_and_clock_byte_count) {
    return bad("rate and clock are not of eight bytes");
  }
  answer.data.assign(data.begin(), data.end());
  return answer;
}

CcidAnswerType answer_to(CcidCommand command) {
  switch (command) {
    case CcidCommand::power_on:
    case CcidCommand::transfer:
    case CcidCommand::secure:
      return CcidAnswerType::data_block;
    case CcidCommand::get_parameters:
    case CcidCommand::reset_parameters:
    case CcidCommand::set_parameters:
      return CcidAnswerType::parameters;
    case CcidCommand::escape:
      return CcidAnswerType::escape;
    case CcidCommand::set_rate_and_clock:
      return CcidAnswerType::rate_and_clock;
    default:
      return CcidAnswerType::slot_status;
  }
}

namespace {

struct FaultRow {
  std::uint8_t error;
  CcidFault fault;
};

constexpr std::array<FaultRow, 17> fault_rows = {{
    {0xFF, CcidFault::aborted},
    {0xFE, CcidFault::mute},
    {0xFD, CcidFault::parity},
    {0xFC, CcidFault::overrun},
    {0xFB, CcidFault::hardware},
    {0xF8, CcidFault::bad_atr_ts},
    {0xF7, CcidFault::bad_atr_tck},
    {0xF6, CcidFault::protocol_not_supported},
    {0xF5, CcidFault::class_not_supported},
    {0xF4, CcidFault::procedure_byte_conflict},
    {0xF3, CcidFault::deactivated_protocol},
    {0xF2, CcidFault::busy_with_auto_sequence},
    {0xF0, CcidFault::pin_timeout},
    {0xEF, CcidFault::pin_cancelled},
    {0xE0, CcidFault::slot_busy},
    {0x05, CcidFault::bad_slot},
    {0x00, CcidFault::not_supported},
}};

std::string_view code_of(CcidFault fault) {
  switch (fault) {
    case CcidFault::not_supported:
    case CcidFault::bad_parameter:
    case CcidFault::bad_slot:
      return "reader.bad_command";
    case CcidFault::slot_busy:
    case CcidFault::busy_with_auto_sequence:
      return "reader.busy";
    case CcidFault::pin_cancelled:
      return "pin.cancelled";
    case CcidFault::pin_timeout:
      return "pin.timeout";
    case CcidFault::aborted:
      return "card.cancelled";
    default:
      return "card.mute";
  }
}

}  // namespace

CcidFault ccid_fault(std::uint8_t error) {
  const auto* row = std::find_if(fault_rows.begin(), fault_rows.end(),
                                 [error](const FaultRow& known) { return known.error == error; });
  if (row != fault_rows.end()) return row->fault;
  if (error < 0x80) return CcidFault::bad_parameter;
  return error >= 0x81 && error <= 0xC0 ? CcidFault::vendor : CcidFault::reserved;
}

std::string_view fault_text(CcidFault fault) {
  switch (fault) {
    case CcidFault::not_supported:
      return "command not supported";
    case CcidFault::bad_parameter:
      return "a wrong parameter";
    case CcidFault::bad_slot:
      return "no such slot";
    case CcidFault::slot_busy:
      return "slot busy";
    case CcidFault::pin_cancelled:
      return "PIN entry cancelled";
    case CcidFault::pin_timeout:
      return "PIN entry took too long";
    case CcidFault::busy_with_auto_sequence:
      return "busy with its automatic sequence";
    case CcidFault::deactivated_protocol:
      return "protocol switched off";
    case CcidFault::procedure_byte_conflict:
      return "procedure byte conflict";
    case CcidFault::class_not_supported:
      return "voltage class not supported";
    case CcidFault::protocol_not_supported:
      return "card protocol not supported";
    case CcidFault::bad_atr_tck:
      return "check byte of the ATR";
    case CcidFault::bad_atr_ts:
      return "first byte of the ATR";
    case CcidFault::hardware:
      return "hardware error, such as too much current";
    case CcidFault::overrun:
      return "overrun while talking to the card";
    case CcidFault::parity:
      return "parity error while talking to the card";
    case CcidFault::mute:
      return "card mute";
    case CcidFault::aborted:
      return "aborted";
    case CcidFault::vendor:
      return "an error of the vendor's own";
    case CcidFault::reserved:
      return "an unknown error";
  }
  return "an unknown error";
}

Error ccid_error(const CcidAnswer& answer) {
  const CcidFault fault = ccid_fault(answer.error);
  std::string detail(fault_text(fault));
  detail += ", error " + to_hex(ByteView(&answer.error, 1));
  if (answer.icc == IccStatus::absent) return {Remedy::ask_resident, "card.removed", detail};
  const std::string_view code = code_of(fault);
  return {code.starts_with("reader.") ? Remedy::retry_later : Remedy::ask_resident, code, detail};
}

Result<CcidNotice> decode_ccid_notice(ByteView bytes) {
  ByteReader reader(bytes);
  const std::uint8_t type = reader.u8();
  CcidNotice notice;
  if (type == notice_hardware) {
    notice.hardware = HardwareFault{reader.u8(), reader.u8(), reader.u8()};
    if (!reader.at_end()) return bad("a hardware notice of another length");
    return notice;
  }
  if (type != notice_slot_change || bytes.size() < 2 || bytes.size() > notice_byte_max)
    return bad("no notice");
  for (const std::uint8_t four : reader.rest()) {
    for (unsigned i = 0; i < 4; ++i) {
      const unsigned bits = static_cast<unsigned>(four) >> (2 * i);
      notice.slots.push_back({(bits & 1U) != 0, (bits & 2U) != 0});
    }
  }
  return notice;
}

}  // namespace bianmin::card

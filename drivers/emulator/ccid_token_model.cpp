// The reader model as a token on the control pipe (USB ICCD Rev 1.0): each request becomes a command of the
// reader inside, and the answer is told in the token's own words.
#include <utility>

#include "drivers/emulator/ccid_reader_model.hpp"
#include "drivers/emulator/ccid_wire.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::uint8_t out_to_interface = 0x21;
constexpr std::uint8_t in_from_interface = 0xA1;

// bmRequestType and bRequest.
enum : std::uint16_t {
  a_power_on = 0xA162,
  b_power_on = 0x2162,
  power_off = 0x2163,
  xfr_block = 0x2165,
  data_block = 0xA16F,
  b_slot_status = 0xA181,
  a_icc_status = 0xA1A0,
};

constexpr unsigned wants_time = 2;
unsigned status_of(const Bytes& answer) { return static_cast<unsigned>(answer[7]) >> 6U; }

Bytes data_of(const Bytes& answer) {
  return Bytes(answer.begin() + static_cast<std::ptrdiff_t>(ccid_header_bytes), answer.end());
}

}  // namespace

std::optional<Bytes> CcidReaderModel::next_answer() {
  if (answers_.empty()) return std::nullopt;
  Bytes next = std::move(answers_.front());
  answers_.pop_front();
  return next;
}

void CcidReaderModel::command(std::uint8_t type, std::uint8_t level, const Bytes& data) {
  Command command;
  command.type = type;
  command.specific[1] = level;
  command.data = data;
  receive(command);
}

std::optional<Bytes> CcidReaderModel::token_request(const ControlRequest& request) {
  if (deaf_ || request.index != 0) return std::nullopt;
  switch (request.request_type << 8U | request.request) {
    case power_off:
      held_.reset();
      answers_.clear();
      command(pc_power_off, 0, {});
      answers_.clear();  // it is asked for by itself
      return Bytes();
    case xfr_block:
      answers_.clear();
      command(pc_transfer, static_cast<std::uint8_t>(request.value >> 8U), request.data);
      return Bytes();
    default:
      return options_.form == CcidForm::token_a ? version_a(request) : version_b(request);
  }
}

std::optional<Bytes> CcidReaderModel::version_a(const ControlRequest& request) {
  constexpr std::uint8_t ready = 0x00;
  constexpr std::uint8_t has_data = 0x10;
  constexpr std::uint8_t busy = 0x40;
  constexpr std::uint8_t is_mute = 0x80;
  switch (request.request_type << 8U | request.request) {
    case a_power_on: {
      answers_.clear();
      command(pc_power_on, 0, {});
      const auto answer = next_answer();
      return answer && status_of(*answer) == 0 ? std::optional(data_of(*answer)) : std::nullopt;
    }
    case data_block: {
      const auto answer = next_answer();
      return answer && status_of(*answer) == 0 ? std::optional(data_of(*answer)) : std::nullopt;
    }
    case a_icc_status: {
      ++counts_[pc_slot_status];
      if (slots_[0].card == nullptr || mute_) return Bytes{is_mute};
      if (held_) return Bytes{busy};
      if (answers_.empty()) return Bytes{ready};
      const unsigned status = status_of(answers_.front());
      if (status == 0) return Bytes{has_data};
      answers_.pop_front();
      return Bytes{status == wants_time ? busy : is_mute};
    }
    default:
      return std::nullopt;
  }
}

std::optional<Bytes> CcidReaderModel::version_b(const ControlRequest& request) {
  constexpr std::uint8_t response_status = 0x40;
  constexpr std::uint8_t response_wait = 0x80;
  switch (request.request_type << 8U | request.request) {
    case b_power_on:
      if (request.value != 1) return std::nullopt;
      answers_.clear();
      command(pc_power_on, 0, {});
      return Bytes();
    case data_block: {
      if (held_) return Bytes{response_wait, 0, 0};
      const auto answer = next_answer();
      if (!answer) return std::nullopt;
      // A time extension's multiplier counts ten milliseconds here.
      if (status_of(*answer) == wants_time) return Bytes{response_wait, (*answer)[8], 0};
      if (status_of(*answer) != 0) return Bytes{response_status, (*answer)[7], (*answer)[8]};
      Bytes block = {(*answer)[9]};
      append(block, data_of(*answer));
      return block;
    }
    case b_slot_status: {
      command(pc_slot_status, 0, {});
      Bytes answer = std::move(answers_.back());
      answers_.pop_back();
      return Bytes{response_status, answer[7], answer[8]};
    }
    default:
      return std::nullopt;
  }
}

}  // namespace bianmin::emulator

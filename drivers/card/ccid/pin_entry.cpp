#include "drivers/card/ccid/pin_entry.hpp"

#include <algorithm>

namespace bianmin::card {

namespace {

constexpr std::size_t apdu_header_byte_count = 5;
constexpr std::uint8_t operation_verify = 0x00;
constexpr std::uint8_t format_ascii_from_left =
    0x82;  // lengths in bytes, at the start of the data, left, ASCII
constexpr std::uint8_t ends_by_key = 0x02;
constexpr std::uint8_t one_message = 0x01;
constexpr std::uint16_t english = 0x0409;

}  // namespace

std::size_t pin_apdu_byte_count(const PinLayout& layout) {
  return apdu_header_byte_count + layout.block_byte_count;
}

Result<Bytes> encode_pin_verification(const CommandApdu& command, const PinLayout& layout, int timeout_ms,
                                      ByteView prologue) {
  const bool possible = layout.digit_count_min >= 1 && layout.digit_count_min <= layout.digit_count_max &&
                        layout.digit_count_max <= layout.block_byte_count &&
                        layout.block_byte_count <= pin_block_byte_max;
  if (!possible) return Error{Remedy::refuse, "pin.bad_length", "a layout that no reader can be told"};
  const int seconds = std::clamp((timeout_ms + 999) / 1'000, 1, pin_timeout_max_s);
  ByteWriter to;
  to.u8(operation_verify).u8(static_cast<std::uint8_t>(seconds)).u8(format_ascii_from_left);
  to.u8(static_cast<std::uint8_t>(layout.block_byte_count));  // bmPINBlockString: no length in the block
  to.u8(0);                                                   // bmPINLengthFormat
  to.u8(static_cast<std::uint8_t>(layout.digit_count_max))
      .u8(static_cast<std::uint8_t>(layout.digit_count_min));
  to.u8(ends_by_key).u8(one_message).u16_le(english).u8(0).bytes(prologue);
  to.u8(command.cla).u8(command.ins).u8(command.p1).u8(command.p2);
  to.u8(static_cast<std::uint8_t>(layout.block_byte_count))
      .bytes(Bytes(layout.block_byte_count, layout.padding));
  return to.take();
}

std::optional<Error> pin_entry_error(std::uint16_t status) {
  switch (status) {
    case 0x6400:
      return Error{Remedy::ask_resident, "pin.timeout", "no PIN was entered in time"};
    case 0x6401:
      return Error{Remedy::ask_resident, "pin.cancelled", "the person cancelled"};
    case 0x6403:
      return Error{Remedy::ask_resident, "pin.bad_length", "too few or too many digits"};
    default:
      return std::nullopt;
  }
}

}  // namespace bianmin::card

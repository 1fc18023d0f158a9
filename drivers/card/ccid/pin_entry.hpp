// PIN verification by the keys of a reader: the data of PC_to_RDR_Secure, CCID Rev 1.1, 6.1.11. Pure.
#pragma once

#include <optional>

#include "drivers/card/smart_card.hpp"

namespace bianmin::card {

constexpr int pin_timeout_max_s = 255;
constexpr std::size_t pin_block_byte_max = 15;

std::size_t pin_apdu_byte_count(const PinLayout& layout);  // of the command that the reader will send

// `prologue`: the three bytes before a T=1 block at TPDU level, else zeros. Digits are ASCII, from the left;
// the person ends with the key for it. Error of Remedy::refuse: "pin.bad_length" (a layout that the structure
// cannot say).
Result<Bytes> encode_pin_verification(const CommandApdu& command, const PinLayout& layout, int timeout_ms,
                                      ByteView prologue);

// Status words with which readers tell of the entry itself (PC/SC part 10, 2.5.3.4): "pin.timeout",
// "pin.cancelled", "pin.bad_length". Empty: the card's own answer.
std::optional<Error> pin_entry_error(std::uint16_t status);

}  // namespace bianmin::card

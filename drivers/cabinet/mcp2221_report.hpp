// The commands of the MCP2221A that read its four pins, and its answers. Pure; hostile bytes are safe.
// Source: Microchip data sheet DS20005565, chapter 3.1 (HID commands: 0x51 get GPIO values, 0x61 get and 0x60
// set SRAM settings); where the pins stand in an answer also in Linux' hid-mcp2221.
#pragma once

#include <array>
#include <cstdint>

#include "terminal/base/bytes.hpp"

namespace bianmin::cabinet::mcp2221 {

constexpr std::size_t report_byte_count = 64;  // of each command and each answer
constexpr std::size_t pin_count = 4;

// Of one pin: bits 0 to 2 what it is used for (0: a pin and nothing else), bit 3 input, bit 4 output value.
using PinSettings = std::array<std::uint8_t, pin_count>;
constexpr std::uint8_t input_pin = 0x08;

Bytes get_pins();
Bytes get_settings();
Bytes set_settings(const PinSettings& pins);  // until the power goes; nothing is written to its flash

// Errors of the three below (retry later): "contacts.bad_answer": to another command, or cut short, or the
// chip says that it failed.
struct Pin {
  bool readable = false;  // false: it is used for something else
  bool high = false;
};
Result<std::array<Pin, pin_count>> read_pins(ByteView answer);
Result<PinSettings> read_settings(ByteView answer);
Result<void> read_settings_set(ByteView answer);

}  // namespace bianmin::cabinet::mcp2221

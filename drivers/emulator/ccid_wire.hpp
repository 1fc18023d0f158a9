// Numbers of USB CCID Rev 1.1 as the reader model needs them: inside of the model only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bianmin::emulator {

constexpr std::size_t ccid_header_bytes = 10;

// Message types, table 6.1-1 and 6.2-1.
enum : std::uint8_t {
  pc_set_parameters = 0x61,
  pc_power_on = 0x62,
  pc_power_off = 0x63,
  pc_slot_status = 0x65,
  pc_secure = 0x69,
  pc_get_parameters = 0x6C,
  pc_reset_parameters = 0x6D,
  pc_clock = 0x6E,
  pc_transfer = 0x6F,
  pc_escape = 0x6B,
  pc_abort = 0x72,
  pc_rate_and_clock = 0x73,
  rdr_data_block = 0x80,
  rdr_slot_status = 0x81,
  rdr_parameters = 0x82,
  rdr_escape = 0x83,
  rdr_rate_and_clock = 0x84,
};

enum : std::uint8_t {
  error_not_supported = 0x00,
  error_bad_length = 0x01,
  error_bad_slot = 0x05,
  error_slot_busy = 0xE0,
  error_pin_cancelled = 0xEF,
  error_pin_timeout = 0xF0,
  error_mute = 0xFE,
  error_aborted = 0xFF,
};

}  // namespace bianmin::emulator

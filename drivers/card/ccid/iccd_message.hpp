// What a token answers to the class requests of USB ICCD Rev 1.0 on the control pipe. Version A tells in one
// byte of status whether its answer can be fetched; version B says with each answer what it is. The layouts
// are those that public host drivers and token firmware agree on. Pure; answers are hostile.
#pragma once

#include "drivers/card/ccid/ccid_message.hpp"

namespace bianmin::card {

enum class IccdRequest : std::uint8_t {
  power_on = 0x62,
  power_off = 0x63,
  transfer = 0x65,     // XFR_BLOCK
  data_block = 0x6F,   // what answers the request before
  slot_status = 0x81,  // version B
  icc_status = 0xA0,   // version A
};

// Version A, GET_ICC_STATUS: 00h, 10h and 20h are points of an exchange at which the host goes on, 40h is
// busy, 80h mute. Error "reader.bad_frame".
enum class IccdState { ready, busy, mute };
Result<IccdState> decode_iccd_state(ByteView bytes);

// Version A, DATA_BLOCK and the ATR: the bytes alone.
Result<CcidAnswer> decode_iccd_data(ByteView bytes, std::size_t data_byte_max);

struct IccdAnswer {
  CcidAnswer answer;  // with its type, and without a slot and a number: a token has neither
  int wait_ms = 0;    // while it wants time: so long before it is asked again; 0: as the host likes
};

// Version B, DATA_BLOCK: bResponseType, then data (00h, or a place in a chain), or bStatus and bError (40h),
// or how many times ten milliseconds (80h). Error "reader.bad_frame", also for more than `data_byte_max`.
Result<IccdAnswer> decode_iccd_block(ByteView bytes, std::size_t data_byte_max);

// Version B, SLOT_STATUS: three bytes, bStatus in the middle, or the same request for time.
Result<IccdAnswer> decode_iccd_slot_status(ByteView bytes);

}  // namespace bianmin::card

// Command and response of a smart card, ISO/IEC 7816-4: values, and their bytes. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::card {

constexpr std::size_t apdu_data_byte_max = 65'535;  // of a command, extended form
constexpr std::size_t apdu_answer_byte_max = 65'536;
constexpr std::size_t apdu_short_data_byte_max = 255;
constexpr std::size_t apdu_short_answer_byte_max = 256;

// The data of a command may be a PIN and that of a response a person: both are wiped with the value.
struct CommandApdu {
  std::uint8_t cla = 0;
  std::uint8_t ins = 0;
  std::uint8_t p1 = 0;
  std::uint8_t p2 = 0;
  SecretBytes data = {};
  std::optional<std::size_t> expected = {};  // Ne, 1 to 65,536; 256: as much as a short answer can hold
};

struct ResponseApdu {
  SecretBytes data = {};
  std::uint16_t status = 0;  // SW1 SW2

  bool good() const { return status == 0x9000; }
  std::uint8_t sw1() const { return static_cast<std::uint8_t>(status >> 8U); }
  std::uint8_t sw2() const { return static_cast<std::uint8_t>(status); }
};

// More data, or a longer answer, than the short form can say.
bool needs_extended_apdu(const CommandApdu& command);

// In the shortest of the four cases, short or extended, that says the same. Error "card.too_long": data or
// expected length beyond what any form can say (0 expected bytes are said by leaving `expected` empty).
Result<SecretBytes> encode_apdu(const CommandApdu& command);

// Error "apdu.malformed": the lengths inside do not agree with the length of the whole.
Result<CommandApdu> decode_apdu(ByteView bytes);

// Data and then SW1 SW2. Error "card.mute": too short to be an answer, or longer than any can be.
Result<ResponseApdu> decode_response(ByteView bytes);

}  // namespace bianmin::card

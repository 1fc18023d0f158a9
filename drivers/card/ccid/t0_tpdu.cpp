#include "drivers/card/ccid/t0_tpdu.hpp"

namespace bianmin::card {

Result<SecretBytes> encode_t0_tpdu(const CommandApdu& command) {
  constexpr std::size_t header_byte_count = 5;
  if (command.data.size() > apdu_short_data_byte_max) {
    return Error{Remedy::refuse, "card.too_long", "T=0 takes 255 bytes of data at most"};
  }
  SecretBytes out;
  out.reserve(header_byte_count + command.data.size());
  for (const std::uint8_t byte : {command.cla, command.ins, command.p1, command.p2}) out.push_back(byte);
  if (!command.data.empty()) {
    out.push_back(static_cast<std::uint8_t>(command.data.size()));
    out.insert(out.end(), command.data.begin(), command.data.end());
    return out;
  }
  // 0 asks for 256, which is also the most that T=0 gives at once; the rest is fetched after 61xx.
  const std::size_t expected = command.expected.value_or(0);
  out.push_back(static_cast<std::uint8_t>(expected > apdu_short_answer_byte_max ? 0 : expected));
  return out;
}

}  // namespace bianmin::card

#include "drivers/card/apdu.hpp"

namespace bianmin::card {

namespace {

constexpr std::size_t header_byte_count = 4;
constexpr std::size_t status_byte_count = 2;

Error malformed() { return {Remedy::refuse, "apdu.malformed", "lengths do not agree"}; }

void put_length(SecretBytes& to, std::size_t length, bool extended) {
  if (extended) to.push_back(static_cast<std::uint8_t>(length >> 8U));
  to.push_back(static_cast<std::uint8_t>(length));  // the longest answer is written as zeros
}

// What follows the header when it holds data: the data, and after it nothing or an expected length.
Result<CommandApdu> with_data(CommandApdu command, ByteReader& reader, std::size_t data_count,
                              bool extended) {
  const ByteView data = reader.take(data_count);
  if (reader.failed()) return malformed();
  command.data.assign(data.begin(), data.end());
  if (reader.at_end()) return command;
  const std::size_t length = extended ? reader.u16_be() : reader.u8();
  if (!reader.at_end()) return malformed();
  const std::size_t most = extended ? apdu_answer_byte_max : apdu_short_answer_byte_max;
  command.expected = length == 0 ? most : length;
  return command;
}

}  // namespace

bool needs_extended_apdu(const CommandApdu& command) {
  return command.data.size() > apdu_short_data_byte_max ||
         command.expected.value_or(0) > apdu_short_answer_byte_max;
}

Result<SecretBytes> encode_apdu(const CommandApdu& command) {
  const std::size_t expected = command.expected.value_or(1);
  if (command.data.size() > apdu_data_byte_max || expected == 0 || expected > apdu_answer_byte_max) {
    return Error{Remedy::refuse, "card.too_long", "no form of a command can say this"};
  }
  const bool extended = needs_extended_apdu(command);
  SecretBytes out;
  out.reserve(header_byte_count + 3 + command.data.size() + 2);
  for (const std::uint8_t byte : {command.cla, command.ins, command.p1, command.p2}) out.push_back(byte);
  if (extended) out.push_back(0);  // once, whichever length comes first
  if (!command.data.empty()) {
    put_length(out, command.data.size(), extended);
    out.insert(out.end(), command.data.begin(), command.data.end());
  }
  if (command.expected) put_length(out, *command.expected, extended);
  return out;
}

Result<CommandApdu> decode_apdu(ByteView bytes) {
  ByteReader reader(bytes);
  CommandApdu command;
  command.cla = reader.u8();
  command.ins = reader.u8();
  command.p1 = reader.u8();
  command.p2 = reader.u8();
  if (reader.failed()) return malformed();
  if (reader.at_end()) return command;
  const std::size_t first = reader.u8();
  if (reader.at_end()) {
    command.expected = first == 0 ? apdu_short_answer_byte_max : first;
    return command;
  }
  if (first != 0) return with_data(std::move(command), reader, first, false);
  const std::size_t length = reader.u16_be();
  if (reader.at_end()) {
    command.expected = length == 0 ? apdu_answer_byte_max : length;
    return command;
  }
  if (length == 0) return malformed();
  return with_data(std::move(command), reader, length, true);
}

Result<ResponseApdu> decode_response(ByteView bytes) {
  if (bytes.size() < status_byte_count || bytes.size() > apdu_answer_byte_max + status_byte_count) {
    return Error{Remedy::ask_resident, "card.mute", "no answer of a card"};
  }
  const ByteView data = bytes.first(bytes.size() - status_byte_count);
  ResponseApdu response;
  response.data.assign(data.begin(), data.end());
  response.status = static_cast<std::uint16_t>(bytes[data.size()] << 8U | bytes[data.size() + 1]);
  return response;
}

}  // namespace bianmin::card

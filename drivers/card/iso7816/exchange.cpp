#include "drivers/card/iso7816/exchange.hpp"

#include <algorithm>

#include "drivers/card/iso7816/status.hpp"

namespace bianmin::card::iso7816 {

namespace {

constexpr std::uint8_t ins_get_response = 0xC0;
constexpr std::uint8_t cla_chained = 0x10;
constexpr std::uint8_t cla_proprietary = 0x80;
constexpr std::uint8_t cla_channel = 0x03;
constexpr std::uint8_t sw1_more = 0x61;
constexpr std::uint8_t sw1_wrong_expected = 0x6C;
constexpr std::string_view too_long = "card.too_long";

std::size_t short_length(std::uint8_t byte) { return byte == 0 ? apdu_short_answer_byte_max : byte; }

// 6Cxx is answered once: a card that names a length and does not take it will not take another one.
Result<ResponseApdu> transmit_once_more(SmartCard& card, const CommandApdu& command) {
  auto response = card.transmit(command);
  if (!response || response->sw1() != sw1_wrong_expected) return response;
  CommandApdu again = command;
  again.expected = short_length(response->sw2());
  return card.transmit(again);
}

// 61xx until the answer is whole.
Result<ResponseApdu> complete(SmartCard& card, std::uint8_t cla, ResponseApdu response) {
  const auto channel = static_cast<std::uint8_t>((cla & cla_proprietary) != 0 ? 0 : cla & cla_channel);
  for (int piece = 0; piece < answer_piece_count_max; ++piece) {
    if (response.sw1() != sw1_more) return response;
    auto next = transmit_once_more(card, {channel, ins_get_response, 0, 0, {}, short_length(response.sw2())});
    if (!next) return next;
    if (response.data.size() + next->data.size() > apdu_answer_byte_max) break;
    response.data.insert(response.data.end(), next->data.begin(), next->data.end());
    response.status = next->status;
  }
  return Error{Remedy::ask_resident, "card.unreadable", "an answer without an end"};
}

// The same command in short form: its data in a chain, its answer in as many pieces as the card likes.
Result<ResponseApdu> transmit_short(SmartCard& card, const CommandApdu& command) {
  CommandApdu piece{command.cla, command.ins, command.p1, command.p2, {}, {}};
  std::size_t at = 0;
  for (; command.data.size() - at > apdu_short_data_byte_max; at += apdu_short_data_byte_max) {
    const auto from = command.data.begin() + static_cast<std::ptrdiff_t>(at);
    piece.cla = static_cast<std::uint8_t>(command.cla | cla_chained);
    piece.data.assign(from, from + static_cast<std::ptrdiff_t>(apdu_short_data_byte_max));
    auto taken = card.transmit(piece);
    if (!taken || !taken->good()) return taken;
  }
  piece.cla = command.cla;
  piece.data.assign(command.data.begin() + static_cast<std::ptrdiff_t>(at), command.data.end());
  if (command.expected) piece.expected = std::min(*command.expected, apdu_short_answer_byte_max);
  return transmit_once_more(card, piece);
}

}  // namespace

Result<ResponseApdu> exchange(SmartCard& card, const CommandApdu& command) {
  auto response = transmit_once_more(card, command);
  if (!response && response.error().code == too_long && needs_extended_apdu(command)) {
    response = transmit_short(card, command);
  }
  if (!response) return response;
  return complete(card, command.cla, std::move(response).value());
}

Result<SecretBytes> exchange_good(SmartCard& card, const CommandApdu& command) {
  auto response = exchange(card, command);
  if (!response) return response.error();
  if (!response->good()) return status_error(response->status);
  return std::move(response->data);
}

}  // namespace bianmin::card::iso7816

#include "drivers/card/ccid/t1_link.hpp"

#include <algorithm>
#include <optional>

#include "drivers/card/apdu.hpp"

namespace bianmin::card {

namespace {

Error not_understood(std::string_view why) { return {Remedy::retry_later, "t1.bad_block", std::string(why)}; }

bool ours_to_repeat(const Error& error) { return error.code.starts_with("t1.") || error.code == "card.mute"; }

constexpr std::size_t response_byte_max = apdu_answer_byte_max + 2;

}  // namespace

struct T1Link::Exchange {
  ByteView unsent;             // of the command, not acknowledged yet
  std::size_t on_the_way = 0;  // of it, in the I-block that was sent last
  bool command_taken = false;  // the card has acknowledged the last I-block
  std::uint8_t waiting = 0;
  int errors = 0;
  T1Block last_information;
  SecretBytes response;
};

T1Block T1Link::ready(T1Error error) const {
  T1Block block;
  block.kind = T1Kind::receive_ready;
  block.sequence = card_number_;
  block.error = error;
  return block;
}

T1Block T1Link::next_information(Exchange& exchange) const {
  exchange.on_the_way = std::min(exchange.unsent.size(), settings_.ifsc);
  T1Block block;
  block.sequence = own_number_;
  block.more = exchange.on_the_way < exchange.unsent.size();
  const ByteView part = exchange.unsent.first(exchange.on_the_way);
  block.information.assign(part.begin(), part.end());
  exchange.last_information = block;
  return block;
}

Result<SecretBytes> T1Link::exchange(ByteView command) {
  Exchange exchange;
  exchange.unsent = command;
  T1Block to_send = next_information(exchange);
  for (int blocks = 0; blocks < block_count_max; ++blocks) {
    auto carried =
        carry_(encode_t1(to_send, settings_.crc), std::exchange(exchange.waiting, std::uint8_t{0}));
    auto received = carried ? decode_t1(*carried, settings_.crc) : Result<T1Block>(carried.error());
    auto next = received ? react(exchange, *received) : Result<std::optional<T1Block>>(received.error());
    if (next) {
      if (!*next) return std::move(exchange.response);
      to_send = std::move(**next);
      continue;
    }
    if (!ours_to_repeat(next.error())) return next.error();
    if (++exchange.errors > errors_max) return give_up(next.error().detail);
    to_send = ready(next.error().code == "t1.bad_check" ? T1Error::check : T1Error::other);
  }
  return give_up("blocks without end");
}

Result<std::optional<T1Block>> T1Link::react(Exchange& exchange, const T1Block& received) {
  switch (received.kind) {
    case T1Kind::information:
      return react_to_information(exchange, received);
    case T1Kind::receive_ready:
      return react_to_ready(exchange, received);
    case T1Kind::supervision:
      return react_to_supervision(exchange, received);
  }
  return not_understood("no block");
}

Result<std::optional<T1Block>> T1Link::react_to_information(Exchange& exchange, const T1Block& received) {
  if (received.sequence != card_number_) return not_understood("an I-block with another number");
  if (!exchange.command_taken) {
    if (exchange.last_information.more) return not_understood("an answer before the end of the command");
    exchange.command_taken = true;  // the answer acknowledges it
    own_number_ = !own_number_;
  }
  if (exchange.response.size() + received.information.size() > response_byte_max) {
    return not_understood("a response without end");
  }
  exchange.errors = 0;
  card_number_ = !card_number_;
  exchange.response.insert(exchange.response.end(), received.information.begin(), received.information.end());
  if (!received.more) return std::optional<T1Block>();
  return std::optional<T1Block>(ready(T1Error::none));
}

Result<std::optional<T1Block>> T1Link::react_to_ready(Exchange& exchange, const T1Block& received) {
  const bool repeat = received.sequence == exchange.last_information.sequence;
  if (exchange.command_taken) {  // it did not understand that we are ready for its next block
    if (++exchange.errors > errors_max) return not_understood("the same request again and again");
    return std::optional<T1Block>(ready(T1Error::none));
  }
  if (repeat) {
    if (++exchange.errors > errors_max) return not_understood("the same block asked for again and again");
    return std::optional<T1Block>(exchange.last_information);
  }
  if (!exchange.last_information.more) return not_understood("an acknowledgement where a response belongs");
  exchange.errors = 0;
  exchange.unsent = exchange.unsent.subspan(exchange.on_the_way);
  own_number_ = !own_number_;
  return std::optional<T1Block>(next_information(exchange));
}

Result<std::optional<T1Block>> T1Link::react_to_supervision(Exchange& exchange, const T1Block& received) {
  if (received.response) return not_understood("a response to nothing");
  T1Block answer;
  answer.kind = T1Kind::supervision;
  answer.supervision = received.supervision;
  answer.response = true;
  answer.information = received.information;
  switch (received.supervision) {
    case T1Supervision::wtx:
      exchange.waiting = std::max<std::uint8_t>(received.information[0], 1);
      return std::optional<T1Block>(std::move(answer));
    case T1Supervision::ifs:
      if (received.information[0] == 0 || received.information[0] > t1_information_byte_max) {
        return not_understood("an impossible block length");
      }
      settings_.ifsc = received.information[0];
      return std::optional<T1Block>(std::move(answer));
    case T1Supervision::abort:
      (void)carry_(encode_t1(answer, settings_.crc), 0);
      exchange.errors = errors_max;  // only the numbers are left to be put right
      return not_understood("the card gave up");
    case T1Supervision::resynch:
      return not_understood("a card does not ask for that");
  }
  return not_understood("no block");
}

Result<SecretBytes> T1Link::give_up(std::string_view why) {
  auto together = resynchronise();
  if (!together) return together.error();
  return Error{Remedy::ask_resident, "card.mute", "T=1: " + std::string(why)};
}

Result<void> T1Link::resynchronise() {
  T1Block request;
  request.kind = T1Kind::supervision;
  for (int tries = 0; tries < resynchs_max; ++tries) {
    auto carried = carry_(encode_t1(request, settings_.crc), 0);
    if (!carried && !ours_to_repeat(carried.error())) return carried.error();
    auto answer = carried ? decode_t1(*carried, settings_.crc) : Result<T1Block>(carried.error());
    const bool agreed = answer && answer->kind == T1Kind::supervision && answer->response &&
                        answer->supervision == T1Supervision::resynch;
    if (!agreed) continue;
    own_number_ = false;
    card_number_ = false;
    return {};
  }
  return Error{Remedy::ask_resident, "card.mute", "T=1: not even a resynchronisation"};
}

Result<void> T1Link::announce_ifsd() {
  T1Block request;
  request.kind = T1Kind::supervision;
  request.supervision = T1Supervision::ifs;
  request.information = {static_cast<std::uint8_t>(std::min(settings_.ifsd, t1_information_byte_max))};
  for (int tries = 0; tries < errors_max; ++tries) {
    auto carried = carry_(encode_t1(request, settings_.crc), 0);
    if (!carried && !ours_to_repeat(carried.error())) return carried.error();
    auto answer = carried ? decode_t1(*carried, settings_.crc) : Result<T1Block>(carried.error());
    const bool agreed = answer && answer->kind == T1Kind::supervision && answer->response &&
                        answer->supervision == T1Supervision::ifs &&
                        answer->information == request.information;
    if (agreed) return {};
  }
  return {};
}

Bytes T1Link::prologue(std::size_t information_byte_count) const {
  return {0, static_cast<std::uint8_t>(own_number_ ? 0x40 : 0),
          static_cast<std::uint8_t>(information_byte_count)};
}

Result<SecretBytes> T1Link::take_single_answer(ByteView block) {
  auto answer = decode_t1(block, settings_.crc);
  const bool good =
      answer && answer->kind == T1Kind::information && !answer->more && answer->sequence == card_number_;
  if (!good) return give_up("the answer to a PIN entry");
  own_number_ = !own_number_;
  card_number_ = !card_number_;
  return std::move(answer->information);
}

}  // namespace bianmin::card

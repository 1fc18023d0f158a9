// The host's half of the T=1 protocol (ISO/IEC 7816-3 clause 11), for readers that carry single blocks:
// chaining both ways, repeats, waiting time, resynchronisation. Knows no reader.
#pragma once

#include <functional>
#include <optional>

#include "drivers/card/ccid/t1_block.hpp"

namespace bianmin::card {

struct T1Settings {
  std::size_t ifsc = 32;   // what the card takes in one block
  std::size_t ifsd = 254;  // what we and the reader take
  bool crc = false;
};

// Thread-bound. One per powered card.
class T1Link {
 public:
  // Sends a block and returns what came, after at most `waiting` block waiting times (0: one). "card.mute"
  // means that nothing or nothing whole came, and is met with a repeat; every other error ends the exchange.
  using Carrier = std::function<Result<SecretBytes>(ByteView block, std::uint8_t waiting)>;

  T1Link(T1Settings settings, Carrier carry) : settings_(settings), carry_(std::move(carry)) {}

  // Tells the card what we take in one block; for readers that do not do that by themselves. A card that does
  // not know the request keeps to 32 bytes, which is no error.
  Result<void> announce_ifsd();

  // One command and its response. At most `block_count_max` blocks, `errors_max` damaged ones in a row, then
  // `resynchs_max` tries to find together again. Errors: the carrier's; "card.mute" when the card cannot be
  // understood: afterwards the numbers begin anew on both sides if it answered that at all.
  Result<SecretBytes> exchange(ByteView command);

  // For a reader that makes the block's information field itself (PIN entry): the prologue it has to send
  // with `information_byte_count` bytes, and what came back, as one whole I-block.
  Bytes prologue(std::size_t information_byte_count) const;
  Result<SecretBytes> take_single_answer(ByteView block);

  static constexpr int errors_max = 3;
  static constexpr int resynchs_max = 3;
  static constexpr int block_count_max = 70'000;  // 65,536 bytes in blocks of one byte

 private:
  struct Exchange;
  Result<void> resynchronise();
  Result<SecretBytes> give_up(std::string_view why);
  T1Block next_information(Exchange& exchange) const;
  // What to send next. Empty: the response is complete.
  Result<std::optional<T1Block>> react(Exchange& exchange, const T1Block& received);
  Result<std::optional<T1Block>> react_to_information(Exchange& exchange, const T1Block& received);
  Result<std::optional<T1Block>> react_to_ready(Exchange& exchange, const T1Block& received);
  Result<std::optional<T1Block>> react_to_supervision(Exchange& exchange, const T1Block& received);
  T1Block ready(T1Error error) const;

  T1Settings settings_;
  Carrier carry_;
  bool own_number_ = false;   // N(S) of our next I-block
  bool card_number_ = false;  // N(S) that we expect of the card
};

}  // namespace bianmin::card

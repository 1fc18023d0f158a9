// A card in no reader at all: SmartCard straight over a card model, with the ways that readers and T=0 have
// of cutting an exchange to pieces, a hand that takes the card away, and fingers for a PIN pad.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "drivers/card/smart_card.hpp"
#include "drivers/emulator/card_model.hpp"

namespace bianmin {

class DirectCard : public card::SmartCard {
 public:
  explicit DirectCard(emulator::CardModel& model) : model_(model), atr_(model.atr()) { model_.power_on(); }

  // As a card over T=0: an answer to a command with data comes by GET RESPONSE, another one has to be asked
  // for with its right length, and nothing is longer than `piece_byte_max`.
  void speak_t0(std::size_t piece_byte_max = 256) { piece_byte_max_ = piece_byte_max; }
  void refuse_extended() { extended_ = false; }
  void remove_at(int exchange_index) { removed_at_ = exchange_index; }  // gone before this exchange
  void give_pin_pad(std::optional<std::string> typed) {                 // nothing: the person walks away
    pin_pad_ = true;
    typed_ = std::move(typed);
  }
  int exchange_count() const { return exchange_count_; }
  const std::vector<Bytes>& commands() const { return commands_; }

  ByteView atr() const override { return atr_; }
  int slot() const override { return 0; }
  bool has_pin_pad() const override { return pin_pad_; }

  Result<void> reset() override {
    pending_.clear();
    model_.power_on();
    return {};
  }

  Result<card::ResponseApdu> transmit(const card::CommandApdu& command) override {
    if (removed_at_ && exchange_count_ >= *removed_at_) {
      return Error{Remedy::ask_resident, "card.removed", "taken away"};
    }
    ++exchange_count_;
    if (!extended_ && card::needs_extended_apdu(command)) {
      return Error{Remedy::refuse, "card.too_long", "this reader has the short form alone"};
    }
    if (piece_byte_max_ > 0) return transmit_t0(command);
    return ask(command);
  }

  Result<card::ResponseApdu> transmit_with_pin_pad(const card::CommandApdu& command,
                                                   const card::PinLayout& layout, int) override {
    if (!pin_pad_) return Error{Remedy::refuse, "reader.no_pin_pad", {}};
    if (!typed_) return Error{Remedy::ask_resident, "pin.timeout", {}};
    if (typed_->size() < layout.digit_count_min || typed_->size() > layout.digit_count_max) {
      return Error{Remedy::ask_resident, "pin.bad_length", {}};
    }
    card::CommandApdu filled = command;
    filled.data.assign(typed_->begin(), typed_->end());
    filled.data.resize(layout.block_byte_count, layout.padding);
    return transmit(filled);
  }

 private:
  Result<card::ResponseApdu> ask(const card::CommandApdu& command) {
    const auto bytes = card::encode_apdu(command);
    if (!bytes) return bytes.error();
    commands_.emplace_back(bytes->begin(), bytes->end());
    return card::decode_response(model_.answer(commands_.back()));
  }

  Result<card::ResponseApdu> transmit_t0(const card::CommandApdu& command) {
    constexpr std::uint8_t get_response = 0xC0;
    if (command.ins == get_response) {
      commands_.push_back(*from_hex("00c00000"));
      return piece(command.expected.value_or(256));
    }
    const bool asked_again = command.ins == corrected_ins_ && command.data.empty();
    corrected_ins_.reset();
    if (asked_again) return piece(command.expected.value_or(256));  // the card still has the answer
    auto response = ask(command);
    if (!response || response->data.empty()) return response;
    pending_.assign(response->data.begin(), response->data.end());
    last_status_ = response->status;
    if (!command.data.empty()) return more();
    if (pending_.size() <= 256 && command.expected && *command.expected != pending_.size()) {
      corrected_ins_ = command.ins;
      return card::ResponseApdu{{}, static_cast<std::uint16_t>(0x6C00U | (pending_.size() & 0xFFU))};
    }
    return piece(command.expected.value_or(256));
  }

  card::ResponseApdu more() const {
    const std::size_t next = std::min(pending_.size(), piece_byte_max_);
    return {{}, static_cast<std::uint16_t>(0x6100U | (next & 0xFFU))};
  }

  card::ResponseApdu piece(std::size_t wanted) {
    const std::size_t count = std::min({wanted, pending_.size(), piece_byte_max_});
    const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(count);
    card::ResponseApdu out{{pending_.begin(), end}, last_status_};
    pending_.erase(pending_.begin(), end);
    if (!pending_.empty()) out.status = more().status;
    return out;
  }

  emulator::CardModel& model_;
  Bytes atr_;
  std::size_t piece_byte_max_ = 0;
  bool extended_ = true;
  bool pin_pad_ = false;
  std::optional<std::string> typed_;
  std::optional<int> removed_at_;
  int exchange_count_ = 0;
  std::vector<Bytes> commands_;
  Bytes pending_;
  std::optional<std::uint8_t> corrected_ins_;
  std::uint16_t last_status_ = 0;
};

}  // namespace bianmin

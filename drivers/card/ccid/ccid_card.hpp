// A card in a slot of a CCID reader: powered, its protocol agreed, and spoken to at the level that the reader
// offers.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

#include "drivers/card/ccid/atr.hpp"
#include "drivers/card/ccid/ccid_link.hpp"
#include "drivers/card/ccid/t1_link.hpp"
#include "drivers/card/smart_card.hpp"

namespace bianmin::card {

class CcidCard : public SmartCard {
 public:
  // `pipe`, `reader`, `quirks` and `timings` must outlive it.
  CcidCard(CcidPipe& pipe, const CcidDescriptor& reader, const CcidQuirks& quirks, const CcidTimings& timings,
           int slot, std::stop_token stop);

  // Cold. Tries the voltages that the reader has, or leaves that to it. Errors besides SmartCard's:
  // "card.unsupported" (none of its protocols is one of the reader's).
  Result<void> power_on();
  void power_off();  // whatever happened; failing is not told
  // The reader's own failure behind an error of a call, if that is what it was: it has to be recovered.
  const std::optional<Error>& device_failure() const { return device_failure_; }
  int protocol() const { return protocol_; }

  ByteView atr() const override { return atr_.bytes; }
  int slot() const override { return slot_; }
  Result<ResponseApdu> transmit(const CommandApdu& command) override;
  Result<void> reset() override;
  bool has_pin_pad() const override { return reader_.pin_verification; }
  Result<ResponseApdu> transmit_with_pin_pad(const CommandApdu& command, const PinLayout& layout,
                                             int timeout_ms) override;

 private:
  using Steady = std::chrono::steady_clock;
  ExchangeLevel level() const { return quirks_.level.value_or(reader_.level()); }
  void begin_limit();
  Result<CcidAnswer> ask(CcidMessage message, int answer_ms);       // the answer may say that it failed
  Result<CcidAnswer> ask_well(CcidMessage message, int answer_ms);  // a failed one is an error
  Result<void> activate(bool cold);
  Result<void> agree();
  Result<void> agree_by_hand();
  Result<bool> propose(std::uint8_t speed);  // PPS
  Result<void> begin_t1();
  int answer_ms(std::uint8_t waiting) const;
  Result<SecretBytes> transfer(ByteView bytes, std::uint8_t waiting);
  Result<SecretBytes> transfer_chained(ByteView bytes);
  Result<SecretBytes> collect(CcidAnswer first);

  CcidPipe& pipe_;
  const CcidDescriptor& reader_;
  const CcidQuirks& quirks_;
  const CcidTimings& timings_;
  int slot_;
  std::stop_token stop_;
  Atr atr_;
  std::uint8_t voltage_ = 0;
  int protocol_ = 0;
  std::optional<T1Link> t1_;  // at TPDU level only
  Steady::time_point until_{};
  std::optional<Error> device_failure_;
};

}  // namespace bianmin::card

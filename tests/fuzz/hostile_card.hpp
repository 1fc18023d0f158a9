// A card whose answers are the fuzzer's bytes: a length, then so many bytes; 6F00 when there are no more.
#pragma once

#include "drivers/emulator/card_model.hpp"
#include "terminal/base/bytes.hpp"

namespace bianmin {

class HostileCard : public emulator::CardModel {
 public:
  HostileCard(Bytes atr, ByteView answers) : atr_(std::move(atr)), answers_(answers) {}
  Bytes atr() const override { return atr_; }
  void power_on() override {}
  Bytes answer(ByteView) override {
    const std::size_t size = answers_.u8();
    const ByteView answer = answers_.take(size);
    if (answers_.failed()) return {0x6F, 0x00};
    return {answer.begin(), answer.end()};
  }

 private:
  Bytes atr_;
  ByteReader answers_;
};

}  // namespace bianmin

// A card for tests: answers of any length, every kind of status, whatever the transport needs trying.
#pragma once

#include <string>

#include "drivers/emulator/card_model.hpp"

namespace bianmin::emulator {

// What it knows, whatever the class byte:
//   A4 SELECT           9000, or 6A82 for a name that begins with FF
//   CA P1 P2            GET DATA: P1 P2 bytes (65,536 for FF FF), each (its index * 7) mod 256
//   20 P2=01            VERIFY "1234" padded with FF: 9000 or 63C2
//   E0                  gives the command's data back
//   E2 P1 P2            P1 P2 as the status
//   E4 P2               says 61 P2 and keeps P2 bytes for GET RESPONSE (C0)
//   E6                  how many bytes came, in two bytes; a class byte with 10 adds to the next (command
//   chaining)
class EchoCard : public CardModel {
 public:
  explicit EchoCard(Bytes atr) : atr_(std::move(atr)) {}

  Bytes atr() const override { return atr_; }
  void power_on() override;
  Bytes answer(ByteView command) override;

  int command_count() const { return command_count_; }
  int power_count() const { return power_count_; }

 private:
  Bytes execute(std::uint8_t ins, std::uint16_t p, bool chained, ByteView data);

  Bytes atr_;
  Bytes kept_;
  std::size_t chained_byte_count_ = 0;
  int command_count_ = 0;
  int power_count_ = 0;
};

// ATRs of cards that offer these, with right check bytes and "BIANMIN" as historical bytes.
Bytes atr_of_t0();
Bytes atr_of_t1(std::uint8_t ifsc, bool crc);
Bytes atr_of_both();                       // T=0 first
Bytes atr_of_fast_t1(std::uint8_t speed);  // TA1 asks for more than the default

}  // namespace bianmin::emulator

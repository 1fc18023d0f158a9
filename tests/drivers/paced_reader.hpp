// A smart card reader before whose every command comes a short pause.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <thread>
#include <utility>

#include "drivers/card/smart_card_reader.hpp"

namespace bianmin {

class PacedCard : public card::SmartCard {
 public:
  PacedCard(card::SmartCard& card, std::chrono::milliseconds pace) : card_(card), pace_(pace) {}
  ByteView atr() const override { return card_.atr(); }
  int slot() const override { return card_.slot(); }
  Result<card::ResponseApdu> transmit(const card::CommandApdu& command) override {
    std::this_thread::sleep_for(pace_);
    return card_.transmit(command);
  }
  Result<void> reset() override { return card_.reset(); }
  bool has_pin_pad() const override { return card_.has_pin_pad(); }
  Result<card::ResponseApdu> transmit_with_pin_pad(const card::CommandApdu& command,
                                                   const card::PinLayout& layout, int timeout_ms) override {
    std::this_thread::sleep_for(pace_);
    return card_.transmit_with_pin_pad(command, layout, timeout_ms);
  }

 private:
  card::SmartCard& card_;
  std::chrono::milliseconds pace_;
};

class PacedReader : public card::SmartCardReader {
 public:
  PacedReader(card::SmartCardReader& reader, std::chrono::milliseconds pace) : reader_(reader), pace_(pace) {}
  DeviceState state() const override { return reader_.state(); }
  void watch(std::function<void(DeviceState)> changed) override { reader_.watch(std::move(changed)); }
  card::CardPresence presence() const override { return reader_.presence(); }
  void watch_presence(std::function<void(card::CardPresence)> changed) override {
    reader_.watch_presence(std::move(changed));
  }
  void use(Job job, std::function<void(Result<void>)> done) override {
    reader_.use(
        [job = std::move(job), pace = pace_](card::SmartCard& card, std::stop_token stop) {
          PacedCard paced(card, pace);
          return job(paced, std::move(stop));
        },
        std::move(done));
  }
  void cancel() override { reader_.cancel(); }

 private:
  card::SmartCardReader& reader_;
  std::chrono::milliseconds pace_;
};

}  // namespace bianmin

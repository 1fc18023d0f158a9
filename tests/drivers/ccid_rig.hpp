// An emulated smart card reader with its driver, and jobs for it.
#pragma once

#include "drivers/card/ccid/ccid_reader.hpp"

#include <numeric>

#include "drivers/emulator/ccid_reader_model.hpp"
#include "drivers/emulator/echo_card.hpp"
#include "tests/drivers/device_rig.hpp"
#include "tests/drivers/quick_options.hpp"

namespace bianmin {

using card::CommandApdu;
using card::ResponseApdu;
using card::SmartCard;
using emulator::CcidForm;
using emulator::CcidLevel;
using emulator::CcidReaderModel;
using emulator::CcidReaderOptions;
using emulator::EchoCard;
using emulator::FaultKind;
using emulator::PinPerson;

inline card::CcidTimings quick_timings() {
  card::CcidTimings timings;
  timings.command_timeout_ms = limit_ms(150);
  timings.exchange_limit_ms = limit_ms(2'000);
  timings.abort_timeout_ms = limit_ms(150);
  timings.waiting_poll_ms = 10;
  timings.idle_poll_ms = 10;
  timings.reconcile_ms = 200;
  timings.busy_pause_ms = 1;
  timings.token_poll_ms = 1;
  return timings;
}

using Ended = std::optional<Result<void>>;

struct CcidRig : LoopRig {
  explicit CcidRig(CcidReaderOptions options = {}) : device(options) {}

  void start(card::CcidTimings timings = quick_timings()) {
    device.plug();
    reader = std::make_unique<card::CcidReader>(*bus, loop, nullptr, timings, quick_recovery);
  }
  std::shared_ptr<EchoCard> insert(Bytes atr, int slot = 0) {
    auto echo = std::make_shared<EchoCard>(std::move(atr));
    device.change([&](CcidReaderModel& model) { model.insert(echo, slot); });
    return echo;
  }
  Result<void> use(card::SmartCardReader::Job job) {
    Ended ended;
    reader->use(std::move(job), [&](Result<void> result) { ended = std::move(result); });
    REQUIRE(until([&] {
      if (replugs && !device.plugged()) device.plug();
      return ended.has_value();
    }));
    return *ended;
  }
  // One command in a job of its own.
  Result<ResponseApdu> send(const CommandApdu& command) {
    Result<ResponseApdu> response = Error{Remedy::refuse, "test.never", ""};
    const auto ended = use([&](SmartCard& smart_card, std::stop_token) -> Result<void> {
      response = smart_card.transmit(command);
      return response ? Result<void>() : response.error();
    });
    return ended ? std::move(response) : Result<ResponseApdu>(ended.error());
  }
  template <typename T>
  T ask(T (CcidReaderModel::*question)(int) const, int slot = 0) {
    return device.change([&](CcidReaderModel& model) { return (model.*question)(slot); });
  }

  EmulatedDevice<CcidReaderModel> device;
  bool replugs = false;  // whoever pulls the plug puts it back
  std::unique_ptr<card::CcidReader> reader;
};

inline CommandApdu echo_of(std::size_t count) {
  CommandApdu command{0, 0xE0, 0, 0, SecretBytes(count), 256};
  std::iota(command.data.begin(), command.data.end(), std::uint8_t{0});
  if (count > 255) command.expected = 65'536;
  return command;
}

inline CommandApdu data_of(std::size_t count, std::size_t expected) {
  return {0, 0xCA, static_cast<std::uint8_t>(count >> 8U), static_cast<std::uint8_t>(count), {}, expected};
}

inline const CommandApdu select_file = {0, 0xA4, 4, 0, {0x3F, 0x00}, {}};

}  // namespace bianmin

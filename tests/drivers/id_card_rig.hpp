// An emulated identity card reader with its driver, for tests.
#pragma once

#include "drivers/card/sdt/sdt_driver.hpp"
#include "drivers/card/usb_id_card_reader.hpp"
#include "drivers/emulator/card_reader_model.hpp"
#include "tests/drivers/device_rig.hpp"

namespace bianmin {

inline card::SdtTimings quick_timings() {
  card::SdtTimings timings;
  timings.probe_timeout_ms = 60;
  timings.find_timeout_ms = 60;
  timings.select_timeout_ms = 60;
  timings.read_timeout_ms = 60;
  timings.further_address_timeout_ms = 60;
  timings.settle_ms = 1;
  return timings;
}

constexpr card::IdCardTimings quick_looks = {10, 20};

struct ReaderRig : LoopRig {
  explicit ReaderRig(emulator::ReaderFamily family) : device(family) {}

  void start() {
    device.plug();
    reader = make(card::sdt_models());
  }
  std::unique_ptr<card::UsbIdCardReader> make(std::vector<card::SdtModel> models) {
    return std::make_unique<card::UsbIdCardReader>(
        *bus, loop, nullptr, std::vector{card::sdt_driver(quick_timings(), std::move(models))}, quick_looks,
        usb::RecoveryLimits{10, 40});
  }
  void put(std::string_view name) {
    device.change([&](emulator::CardReaderModel& model) { model.put_card(*emulator::specimen_card(name)); });
  }
  // Reads once, to the end.
  Result<card::IdCard> read(card::IdCardRequest request = {}) {
    std::optional<Result<card::IdCard>> result;
    reader->read(request, [&](Result<card::IdCard> read) { result = std::move(read); });
    REQUIRE(until([&] { return result.has_value(); }));
    return std::move(*result);
  }

  EmulatedDevice<emulator::CardReaderModel> device;
  std::unique_ptr<card::UsbIdCardReader> reader;
};

}  // namespace bianmin

// An emulated identity card reader with its driver, for tests.
#pragma once

#include "drivers/emulator/card_reader_model.hpp"
#include "tests/drivers/device_rig.hpp"
#include "tests/drivers/quick_options.hpp"

namespace bianmin {

struct ReaderRig : LoopRig {
  explicit ReaderRig(emulator::ReaderFamily family) : device(family) {}

  void start() {
    device.plug();
    reader = make(card::sdt_models());
  }
  std::unique_ptr<card::UsbIdCardReader> make(std::vector<card::SdtModel> models) {
    return std::make_unique<card::UsbIdCardReader>(
        *bus, loop, nullptr, std::vector{card::sdt_driver(quick_sdt_timings(), std::move(models))},
        quick_looks, quick_recovery);
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

#include "drivers/card/sdt_reader.hpp"
#include "drivers/emulator/card_reader_model.hpp"
#include "tests/drivers/device_rig.hpp"

namespace bianmin {

using card::IdCard;
using emulator::CardReaderModel;
using emulator::FaultKind;
using emulator::ReaderFamily;

namespace {

card::SdtTimings quick_timings() {
  card::SdtTimings timings;
  timings.probe_timeout_ms = 100;
  timings.find_timeout_ms = 100;
  timings.select_timeout_ms = 100;
  timings.read_timeout_ms = 100;
  timings.poll_ms = 10;
  timings.settle_ms = 1;
  return timings;
}

struct ReaderRig : LoopRig {
  explicit ReaderRig(ReaderFamily family) : device(family) {}

  void start() {
    device.plug();
    reader =
        std::make_unique<card::SdtReader>(*bus, loop, nullptr, quick_timings(), usb::RecoveryLimits{10, 40});
  }
  void put(std::string_view name) {
    device.change([&](CardReaderModel& model) { model.put_card(*emulator::specimen_card(name)); });
  }
  // Reads once, to the end.
  Result<IdCard> read() {
    std::optional<Result<IdCard>> result;
    reader->read([&](Result<IdCard> read) { result = std::move(read); });
    REQUIRE(until([&] { return result.has_value(); }));
    return std::move(*result);
  }

  EmulatedDevice<CardReaderModel> device;
  std::unique_ptr<card::SdtReader> reader;
};

}  // namespace

TEST_CASE("a card on the reader is read") {
  ReaderRig rig(GENERATE(ReaderFamily::a, ReaderFamily::b));
  rig.start();
  rig.put("grandma");
  const auto read = rig.read();
  REQUIRE(read.ok());
  CHECK(read->name == "赵秀兰");
  CHECK(read->sex == '2');
  CHECK(read->ethnicity == "01");
  CHECK(read->birth == Date{1949, 12, 31});
  CHECK(read->number == "11010519491231002X");
  CHECK(read->photo.size() == 1'024);
  CHECK_FALSE(read->valid_to.has_value());
}

}  // namespace bianmin

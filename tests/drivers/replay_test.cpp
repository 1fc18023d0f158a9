// Recorded over emulated USB, written, read, and replayed through the unmodified driver: the same comes out.
#include "drivers/emulator/card_reader_model.hpp"
#include "drivers/emulator/printer_model.hpp"
#include "drivers/emulator/replay_model.hpp"
#include "drivers/emulator/scanner_model.hpp"
#include "drivers/recording/recorder.hpp"
#include "drivers/scanner/usb_code_scanner.hpp"
#include "tests/drivers/device_rig.hpp"
#include "tests/drivers/quick_options.hpp"

namespace bianmin {

using card::IdCard;
using emulator::CardReaderModel;
using emulator::PrinterModel;
using emulator::ReplayModel;
using emulator::ScannerModel;
using printer::PrintOutcome;

namespace {

struct RecordingRig : LoopRig {
  RecordingRig() {
    auto opened = usb::Bus::open(nullptr, &recorder);
    REQUIRE(opened.ok());
    bus = std::move(opened).value();
  }
  recording::Recorder recorder;
};

// A replayed device on the shared testbed.
class ReplayedDevice {
 public:
  // By way of the text, as a file would have it.
  explicit ReplayedDevice(const recording::Recording& recorded) {
    const auto parsed = recording::parse_recording(recording_text(recorded, {"a test"}));
    REQUIRE(parsed.ok());
    REQUIRE(*parsed == recorded);
    auto made = ReplayModel::create(*parsed);
    REQUIRE(made.ok());
    static std::vector<std::unique_ptr<ReplayModel>> all;  // they outlive the testbed
    all.push_back(std::move(*made));
    model_ = all.back().get();
    port_ = shared_testbed().add(*model_);
    shared_testbed().plug(port_);
  }
  ~ReplayedDevice() { shared_testbed().unplug(port_); }
  ReplayedDevice(const ReplayedDevice&) = delete;
  ReplayedDevice& operator=(const ReplayedDevice&) = delete;

  template <typename Function>
  auto look(Function function) {
    return shared_testbed().change([&] { return function(*model_); });
  }
  bool followed() {
    return look([](const ReplayModel& model) { return model.finished() && model.mismatches().empty(); });
  }
  int mismatch_count() {
    return look([](const ReplayModel& model) { return static_cast<int>(model.mismatches().size()); });
  }

 private:
  ReplayModel* model_ = nullptr;
  emulator::Testbed::Port port_ = 0;
};

Result<IdCard> read_card(LoopRig& rig) {
  card::UsbIdCardReader reader(*rig.bus, rig.loop, nullptr, quick_id_card_drivers(), quick_looks,
                               quick_recovery);
  std::optional<Result<IdCard>> result;
  reader.read([&](Result<IdCard> card) { result = std::move(card); });
  REQUIRE(rig.until([&] { return result.has_value(); }));
  return std::move(*result);
}

PrintOutcome print_slip(LoopRig& rig) {
  printer::EscposPrinter printer(*rig.bus, rig.loop, nullptr, quick_escpos_options(), quick_recovery);
  REQUIRE(rig.until([&] { return printer.state().usable(); }));
  std::optional<Result<PrintOutcome>> result;
  printer.print({{printer::TextLine{"便民服务回执"}, printer::QrCode{"BM1:0721338641"}}},
                [&](Result<PrintOutcome> outcome) { result = outcome; });
  REQUIRE(rig.until([&] { return result.has_value(); }));
  REQUIRE(result->ok());
  return **result;
}

// Scans as `begin` makes it, and hears `count` codes.
std::vector<std::string> hear_codes(LoopRig& rig, std::size_t count, const std::function<void()>& begin) {
  scanner::UsbCodeScanner scanner(*rig.bus, rig.loop, nullptr, quick_recovery);
  std::vector<std::string> heard;
  scanner.listen([&](Result<std::string> code) { heard.push_back(code ? *code : "bad"); });
  begin();
  REQUIRE(rig.until([&] { return heard.size() >= count; }));
  return heard;
}

}  // namespace

TEST_CASE("a recorded card reader replays, in both families") {
  const auto family = GENERATE(emulator::ReaderFamily::a, emulator::ReaderFamily::b);
  recording::Recording recorded;
  {
    RecordingRig rig;
    EmulatedDevice<CardReaderModel> device(family);
    device.change([](CardReaderModel& model) { model.put_card(*emulator::specimen_card("farmer")); });
    device.plug();
    REQUIRE(read_card(rig).ok());
    recorded = rig.recorder.take();
  }
  CHECK(recorded.transfers.size() >= 8);
  LoopRig rig;
  ReplayedDevice replayed(recorded);
  const auto card = read_card(rig);
  REQUIRE(card.ok());
  CHECK(card->number == "440524188001010014");
  CHECK(card->photo.size() == 1'024);
  CHECK(replayed.followed());
}

TEST_CASE("a recorded failure replays too") {
  recording::Recording recorded;
  {
    RecordingRig rig;
    EmulatedDevice<CardReaderModel> device(emulator::ReaderFamily::b);
    device.change([](CardReaderModel& model) { model.put_card(*emulator::specimen_card("bad-number")); });
    device.plug();
    CHECK(read_card(rig).error().code == "card.bad_number");
    recorded = rig.recorder.take();
  }
  LoopRig rig;
  ReplayedDevice replayed(recorded);
  CHECK(read_card(rig).error().code == "card.bad_number");
  CHECK(replayed.followed());
}

TEST_CASE("a recorded printer replays, however often it is asked for its state") {
  recording::Recording recorded;
  {
    RecordingRig rig;
    EmulatedDevice<PrinterModel> device;
    device.plug();
    CHECK(print_slip(rig) == PrintOutcome::printed);
    recorded = rig.recorder.take();
  }
  LoopRig rig;
  ReplayedDevice replayed(recorded);
  CHECK(print_slip(rig) == PrintOutcome::printed);
  CHECK(replayed.mismatch_count() == 0);
}

TEST_CASE("another slip than the recorded one is a mismatch, and ends as an interrupted one does") {
  recording::Recording recorded;
  {
    RecordingRig rig;
    EmulatedDevice<PrinterModel> device;
    device.plug();
    CHECK(print_slip(rig) == PrintOutcome::printed);
    recorded = rig.recorder.take();
  }
  LoopRig rig;
  ReplayedDevice replayed(recorded);
  printer::EscposPrinter printer(*rig.bus, rig.loop, nullptr, quick_escpos_options(), quick_recovery);
  REQUIRE(rig.until([&] { return printer.state().usable(); }));
  printer.print({{printer::TextLine{"另一张"}}}, [](Result<PrintOutcome>) {});
  REQUIRE(rig.until([&] { return replayed.mismatch_count() > 0; }));
  CHECK(replayed.look([](const ReplayModel& model) { return model.mismatches()[0].code; }) ==
        "replay.other_bytes");
}

TEST_CASE("a recorded scanner replays: its description and its codes") {
  recording::Recording recorded;
  const std::vector<std::string> codes = {"BM1:0721338641", std::string(300, 'x')};
  {
    RecordingRig rig;
    EmulatedDevice<ScannerModel> device;
    const auto begin = [&] {
      device.plug();
      // Not before it is ready: power on drops what was scanned.
      REQUIRE(rig.until([&] { return device.transfer_count() > 0; }));
      for (const std::string& code : codes) device.change([&](ScannerModel& model) { model.scan(code); });
    };
    CHECK(hear_codes(rig, 2, begin) == codes);
    recorded = rig.recorder.take();
  }
  CHECK(recorded.transfers[0].kind == recording::Kind::control);
  LoopRig rig;
  // Not before somebody listens: it scans as soon as it is there.
  std::optional<ReplayedDevice> replayed;
  CHECK(hear_codes(rig, 2, [&] { replayed.emplace(recorded); }) == codes);
  CHECK(replayed->followed());
}

}  // namespace bianmin

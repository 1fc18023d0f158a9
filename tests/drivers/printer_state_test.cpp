// The states of receipt printers, how they are learnt, and how printing goes on after them.
#include "tests/drivers/printer_rig.hpp"

namespace bianmin {

using emulator::PrinterModel;
using printer::PrintOutcome;

TEST_CASE("conditions of the printer are states") {
  PrinterRig rig;
  REQUIRE(rig.until_ready());
  CHECK(rig.printer->state() == DeviceState{DeviceCondition::ready, "ready"});
  rig.device.change([](PrinterModel& model) { model.set_paper_low(true); });
  REQUIRE(rig.until_code("printer.paper_low"));
  CHECK(rig.printer->state().condition == DeviceCondition::degraded);
  rig.device.change([](PrinterModel& model) { model.set_paper(false); });
  REQUIRE(rig.until_code("printer.paper_out"));
  CHECK(rig.printer->state().condition == DeviceCondition::needs_attention);
  rig.device.change([](PrinterModel& model) { model.set_cover(true); });
  REQUIRE(rig.until_code("printer.cover_open"));
  rig.device.change([](PrinterModel& model) {
    model.set_cover(false);
    model.set_paper(true);
    model.set_cutter_failed(true);
  });
  REQUIRE(rig.until_code("printer.cutter"));
  CHECK(rig.printer->state().condition == DeviceCondition::faulted);
  rig.device.change([](PrinterModel& model) {
    model.set_cutter_failed(false);
    model.set_paper_low(false);
  });
  REQUIRE(rig.until_code("ready"));
  rig.device.unplug();
  REQUIRE(rig.until_code("absent"));
}

TEST_CASE("a single misreading of the paper sensor changes nothing") {
  PrinterRig rig;
  REQUIRE(rig.until_ready());
  std::vector<std::string_view> codes;
  rig.printer->watch([&](DeviceState state) { codes.push_back(state.code); });
  for (int i = 0; i < 20; ++i) {
    rig.device.change([](PrinterModel& model) { model.misread_paper(1); });
    REQUIRE(rig.until([&] {
      return rig.device.change([](PrinterModel& model) { return model.misreadings_left() == 0; });
    }));
    // A whole job between two misreadings, so that no two of them can follow one another.
    rig.start_printing();
    REQUIRE(rig.until([&] { return rig.ended(); }));
    CHECK(rig.printed());
  }
  CHECK(codes.empty());
  CHECK(rig.whole() == 20);
  CHECK(rig.partial() == 0);
}

TEST_CASE("a cutter that is mended goes on by itself: it is told, for it does not find out") {
  PrinterRig rig;
  REQUIRE(rig.until_ready());
  rig.device.change([](PrinterModel& model) { model.set_cutter_blocked(true); });
  rig.start_printing();
  REQUIRE(rig.until_code("printer.cutter"));
  CHECK_FALSE(rig.ended());
  rig.device.change([](PrinterModel& model) { model.set_cutter_blocked(false); });
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.printed());
  CHECK(rig.whole() == 1);
  CHECK(rig.partial() == 0);
  REQUIRE(rig.until_code("ready"));
}

TEST_CASE("a head that is too hot cools, and the slip comes") {
  PrinterRig rig;
  REQUIRE(rig.until_ready());
  rig.device.change([](PrinterModel& model) { model.set_overheated(true); });
  REQUIRE(rig.until_code("printer.overheat"));
  rig.start_printing();
  rig.device.change([](PrinterModel& model) { model.set_overheated(false); });
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.printed());
  CHECK(rig.whole() == 1);
}

namespace {

constexpr std::uint16_t epson = 0x04B8;  // a model that tells of its state by itself
constexpr std::uint16_t tm_t20_ii = 0x0E15;

// Asks so seldom that only the printer itself can have told.
struct TellingRig : LoopRig {
  TellingRig() : device(epson, tm_t20_ii) {
    printer::EscposOptions options = quick_escpos_options();
    options.idle_poll_ms = 60'000;
    device.plug();
    printer = std::make_unique<printer::EscposPrinter>(*bus, loop, nullptr, options, quick_recovery);
  }
  bool until_code(std::string_view code) {
    return until([&] { return printer->state().code == code; });
  }
  bool print() {
    std::optional<Result<PrintOutcome>> outcome;
    printer->print(printer_slip(), [&](Result<PrintOutcome> ended) { outcome = std::move(ended); });
    return until([&] { return outcome.has_value(); }) && *outcome && **outcome == PrintOutcome::printed;
  }
  EmulatedDevice<PrinterModel> device;
  std::unique_ptr<printer::EscposPrinter> printer;
};

}  // namespace

TEST_CASE("a printer that tells of its state by itself is believed at once, and not asked") {
  TellingRig rig;
  REQUIRE(rig.until_code("ready"));
  for (int i = 0; i < 2; ++i) {  // a slip's initialisation turns the telling off: it is asked for again
    rig.device.change([](PrinterModel& model) { model.set_paper_low(true); });
    REQUIRE(rig.until_code("printer.paper_low"));
    rig.device.change([](PrinterModel& model) { model.set_cover(true); });
    REQUIRE(rig.until_code("printer.cover_open"));
    rig.device.change([](PrinterModel& model) {
      model.set_cover(false);
      model.set_paper_low(false);
    });
    REQUIRE(rig.until_code("ready"));
    REQUIRE(rig.print());
  }
  int before = 0;
  REQUIRE(rig.until([&] {  // the last look after the slip
    const int last = std::exchange(before, rig.device.transfer_count());
    return last == before;
  }));
  constexpr int many_polls_ms = 100;
  rig.loop.run_once(many_polls_ms);
  CHECK(rig.device.transfer_count() == before);
  CHECK(rig.device.change([](PrinterModel& model) { return model.whole_count(); }) == 2);
}

TEST_CASE("paper that was out and in again before anybody looked is not forgotten") {
  TellingRig rig;
  REQUIRE(rig.until_code("ready"));
  rig.device.change([](PrinterModel& model) { model.change_roll_after(60); });
  std::optional<Result<PrintOutcome>> outcome;
  rig.printer->print(printer_slip(), [&](Result<PrintOutcome> ended) { outcome = std::move(ended); });
  REQUIRE(rig.until([&] { return outcome.has_value(); }));
  CHECK((*outcome && **outcome == PrintOutcome::printed));
  CHECK(rig.device.change([](PrinterModel& model) { return model.whole_count(); }) == 1);
  CHECK(rig.device.change([](PrinterModel& model) { return model.partial_count(); }) == 2);
}

}  // namespace bianmin

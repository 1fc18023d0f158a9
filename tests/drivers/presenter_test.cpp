// A kiosk printer holds a slip at its mouth: it is seen there, taken, or taken in.
#include "tests/drivers/printer_rig.hpp"

namespace bianmin {

using emulator::PrinterModel;
using printer::SlipPresence;

namespace {

struct KioskPrinterRig : PrinterRig {
  KioskPrinterRig() : PrinterRig(Kind::kiosk) {
    printer->watch_slip([this](SlipPresence presence) { seen.push_back(presence); });
  }
  bool until_slip(SlipPresence presence) {
    return until([&] { return printer->slip_presence() == presence; });
  }
  bool print_one() {
    start_printing();
    return until([&] { return ended(); }) && until_slip(SlipPresence::waiting);
  }
  void retract() {
    empty.reset();
    printer->retract([this](bool is_empty) { empty = is_empty; });
  }
  bool until_answered() {
    return until([&] { return empty.has_value(); });
  }
  int count(int (emulator::SlipMouth::*what)() const) {
    return device.change([what](PrinterModel& model) { return (model.mouth().*what)(); });
  }
  int retracted() { return count(&emulator::SlipMouth::retracted_count); }
  int taken() { return count(&emulator::SlipMouth::taken_count); }

  std::vector<SlipPresence> seen;
  std::optional<bool> empty;
};

}  // namespace

TEST_CASE("a slip waits at the mouth until somebody takes it") {
  KioskPrinterRig rig;
  REQUIRE(rig.until_slip(SlipPresence::none));
  REQUIRE(rig.print_one());
  CHECK(rig.whole() == 1);
  CHECK(rig.printer->state() == DeviceState{DeviceCondition::ready, "ready"});
  rig.device.change([](PrinterModel& model) { model.mouth().take(); });
  REQUIRE(rig.until_slip(SlipPresence::none));
  CHECK(rig.taken() == 1);
  CHECK(rig.seen == std::vector{SlipPresence::none, SlipPresence::waiting, SlipPresence::none});
}

TEST_CASE("a printer that is not worth asking what it printed is not asked") {
  KioskPrinterRig rig;  // this emulated one would answer
  REQUIRE(rig.print_one());
  CHECK(rig.doubtful());
}

TEST_CASE("what nobody takes is taken in") {
  KioskPrinterRig rig;
  REQUIRE(rig.print_one());
  rig.retract();
  REQUIRE(rig.until_answered());
  CHECK(*rig.empty);
  CHECK(rig.printer->slip_presence() == SlipPresence::none);
  CHECK(rig.retracted() == 1);
  CHECK(rig.taken() == 0);
}

TEST_CASE("who is quicker than the motor has the slip") {
  KioskPrinterRig rig;
  REQUIRE(rig.print_one());
  rig.device.change([](PrinterModel& model) {
    model.mouth().set_stuck(true);
    model.mouth().take_at_request(2);
  });
  rig.retract();
  REQUIRE(rig.until_answered());
  CHECK(*rig.empty);
  CHECK(rig.retracted() == 0);
  CHECK(rig.taken() == 1);
}

TEST_CASE("what cannot be taken in stays there, and is told") {
  KioskPrinterRig rig;
  REQUIRE(rig.print_one());
  rig.device.change([](PrinterModel& model) { model.mouth().set_stuck(true); });
  rig.retract();
  REQUIRE(rig.until_answered());
  CHECK_FALSE(*rig.empty);
  CHECK(rig.printer->slip_presence() == SlipPresence::waiting);
}

TEST_CASE("nothing is taken in while a slip is on its way") {
  KioskPrinterRig rig;
  REQUIRE(rig.until_ready());
  rig.start_printing();
  rig.retract();
  REQUIRE(rig.until_answered());
  CHECK_FALSE(*rig.empty);
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.retracted() == 0);
  CHECK(rig.whole() == 1);
}

TEST_CASE("a slip that is ordered comes before the taking in") {
  KioskPrinterRig rig;
  REQUIRE(rig.print_one());
  rig.device.change([](PrinterModel& model) { model.mouth().set_stuck(true); });
  rig.retract();
  rig.start_printing();
  CHECK(rig.empty == false);
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.whole() == 2);
}

TEST_CASE("a damaged piece is taken in, and the whole slip is held out") {
  KioskPrinterRig rig;
  REQUIRE(rig.until_ready());
  rig.device.change([](PrinterModel& model) { model.cover_open_after(100); });
  rig.start_printing();
  REQUIRE(rig.until([&] { return !rig.printer->state().usable(); }));
  rig.device.change([](PrinterModel& model) { model.set_cover(false); });
  REQUIRE(rig.until([&] { return rig.ended(); }));
  REQUIRE(rig.until_slip(SlipPresence::waiting));
  CHECK(rig.whole() == 1);
  CHECK(rig.partial() == 1);
  CHECK(rig.retracted() == 1);
}

TEST_CASE("nobody knows of the mouth of a printer that is gone, and all know again when it is back") {
  KioskPrinterRig rig;
  REQUIRE(rig.print_one());
  rig.device.unplug();
  REQUIRE(rig.until_slip(SlipPresence::unknown));
  rig.retract();  // as soon as it can
  rig.device.plug();
  REQUIRE(rig.until_answered());
  CHECK(*rig.empty);
  CHECK(rig.retracted() == 1);
}

TEST_CASE("a sensor that says nothing is asked no more") {
  KioskPrinterRig rig;
  REQUIRE(rig.print_one());
  rig.device.change([](PrinterModel& model) { model.mouth().set_silent(true); });
  REQUIRE(rig.until_slip(SlipPresence::unknown));
  REQUIRE(rig.until_ready());
  rig.start_printing();
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.whole() == 2);
  CHECK(rig.printer->slip_presence() == SlipPresence::unknown);
}

TEST_CASE("a printer without a presenter knows of no mouth, and nothing is in its way") {
  PrinterRig rig;
  REQUIRE(rig.until_ready());
  rig.start_printing();
  REQUIRE(rig.until([&] { return rig.printed(); }));
  CHECK(rig.printer->slip_presence() == SlipPresence::unknown);
  std::optional<bool> empty;
  rig.printer->retract([&](bool is_empty) { empty = is_empty; });
  REQUIRE(rig.until([&] { return empty.has_value(); }));
  CHECK(*empty);
}

}  // namespace bianmin

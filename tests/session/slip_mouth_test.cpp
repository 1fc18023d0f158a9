// A slip that waits at the printer's mouth: reminded of, taken, or taken in; never shown to the next person.
#include "tests/session/kiosk_bench.hpp"

namespace bianmin {

using cabinet::Light;
using cabinet::LightPlace;
using card::CardPresence;
using printer::SlipPresence;
using store::Untaken;

namespace {

struct MouthBench : KioskBench {
  void start_with(SlipPresence presence) {
    start();
    printer.become(presence);
    turn();
  }
  void print_one() {
    fill_in();
    touch("submit");
    REQUIRE(page() == "saved");
    printer.answer(printer::PrintOutcome::printed);
    printer.become(SlipPresence::waiting);
    turn();
  }
  Untaken untaken() {
    const auto report = store::read_print_ledger(folder.path() / "journal.db", 1);
    REQUIRE(report.ok());
    REQUIRE(report->jobs.size() == 1);
    return report->jobs[0].untaken;
  }
  bool blinks() const {
    const auto light = lights.lit.find(LightPlace::slip_printer);
    return light != lights.lit.end() && light->second == Light::blink;
  }
};

}  // namespace

TEST_CASE("the light blinks until the slip is taken, not longer") {
  MouthBench bench;
  bench.start_with(SlipPresence::none);
  bench.print_one();
  CHECK(bench.blinks());
  bench.printer.become(SlipPresence::none);
  bench.turn();
  CHECK_FALSE(bench.blinks());
  CHECK(bench.page() == "saved");
  bench.touch("finish");
  CHECK(bench.overs == 1);
  CHECK(bench.untaken() == Untaken::no);
}

TEST_CASE("who goes without the slip is reminded of it, and taking it ends the session") {
  MouthBench bench;
  bench.start_with(SlipPresence::none);
  bench.print_one();
  bench.touch("finish");
  CHECK(bench.page() == "take_slip");
  CHECK(bench.shows("请拿走您的凭条"));
  CHECK(bench.blinks());
  CHECK_FALSE(bench.shows("张某某"));
  CHECK(bench.overs == 0);
  bench.printer.become(SlipPresence::none);
  bench.turn();
  CHECK(bench.overs == 1);
  CHECK_FALSE(bench.printer.asked_to_retract());
  CHECK(bench.untaken() == Untaken::no);
}

TEST_CASE("a slip that is left behind is taken in, and the ledger knows") {
  MouthBench bench;
  bench.start_with(SlipPresence::none);
  bench.print_one();
  bench.touch("finish");
  bench.pass(bench.settings.slip_wait_ms + 500);
  REQUIRE(bench.printer.asked_to_retract());
  CHECK(bench.overs == 0);
  bench.printer.become(SlipPresence::none);  // the sensor is quicker than the answer
  bench.turn();
  CHECK(bench.overs == 0);
  bench.printer.retracted(true);
  CHECK(bench.overs == 1);
  CHECK(bench.untaken() == Untaken::retracted);
  CHECK(bench.log_text().find("slip-left-behind") != std::string::npos);
}

TEST_CASE("a slip that the printer cannot take in, or does not speak of, ends the session all the same") {
  MouthBench bench;
  bench.start_with(SlipPresence::none);
  bench.print_one();
  bench.touch("finish");
  bench.pass(bench.settings.slip_wait_ms + 500);
  REQUIRE(bench.printer.asked_to_retract());
  SECTION("it cannot") { bench.printer.retracted(false); }
  SECTION("it is silent") { bench.pass(9'000); }
  CHECK(bench.overs == 1);
  CHECK(bench.untaken() == Untaken::kept);
  bench.printer.retracted(true);  // too late: nothing more happens
  CHECK(bench.overs == 1);
  CHECK(bench.untaken() == Untaken::kept);
}

TEST_CASE("first the card, then the slip") {
  MouthBench bench;
  bench.start_with(SlipPresence::none);
  bench.reader.become(CardPresence::present);
  bench.print_one();
  bench.touch("finish");
  REQUIRE(bench.page() == "take_card");
  SECTION("both are taken") { bench.reader.become(CardPresence::none); }
  SECTION("the card is left") { bench.pass(bench.settings.card_wait_ms + 500); }
  bench.turn();
  CHECK(bench.page() == "take_slip");
  bench.printer.become(SlipPresence::none);
  bench.turn();
  CHECK(bench.overs == 1);
}

TEST_CASE("a terminal that is told to stop waits for no slip") {
  MouthBench bench;
  bench.start_with(SlipPresence::none);
  bench.print_one();
  SECTION("at the end") {
    bench.touch("finish");
    REQUIRE(bench.page() == "take_slip");
  }
  SECTION("while it is taken in") {
    bench.touch("finish");
    bench.pass(bench.settings.slip_wait_ms + 500);
    REQUIRE(bench.printer.asked_to_retract());
  }
  SECTION("before") {}
  bench.session->end_now();
  bench.turn();
  CHECK(bench.overs == 1);
  bench.printer.retracted(true);
  CHECK(bench.overs == 1);
}

TEST_CASE("another person's slip is told of, and taken in after a while") {
  MouthBench bench;
  bench.start_with(SlipPresence::waiting);
  CHECK(bench.shows("别人落下的凭条"));
  bench.pass(bench.settings.slip_wait_ms + 500);
  REQUIRE(bench.printer.asked_to_retract());
  bench.printer.become(SlipPresence::none);
  bench.printer.retracted(true);
  bench.turn();
  CHECK_FALSE(bench.shows("别人落下的凭条"));
  CHECK(bench.overs == 0);
}

TEST_CASE("who comes back for the slip in time has it") {
  MouthBench bench;
  bench.start_with(SlipPresence::waiting);
  bench.printer.become(SlipPresence::none);
  bench.pass(bench.settings.slip_wait_ms + 500);
  CHECK_FALSE(bench.printer.asked_to_retract());
}

TEST_CASE("nobody begins with another person's slip in the mouth") {
  MouthBench bench;
  bench.start_with(SlipPresence::waiting);
  bench.touch("choice.0");
  REQUIRE(bench.printer.asked_to_retract());
  CHECK(bench.page() == "card");  // nobody waits for that
  bench.printer.become(SlipPresence::none);
  bench.printer.retracted(true);
  bench.turn();
  CHECK(bench.page() == "card");
}

TEST_CASE("the slip of the person who is here is not taken for another's") {
  MouthBench bench;
  bench.start_with(SlipPresence::none);
  bench.print_one();
  bench.pass(bench.settings.slip_wait_ms + 500);
  CHECK_FALSE(bench.printer.asked_to_retract());
  CHECK(bench.page() == "saved");
}

TEST_CASE("a session that is destroyed leaves nobody at the printer's mouth") {
  MouthBench bench;
  bench.start_with(SlipPresence::waiting);
  bench.pass(bench.settings.slip_wait_ms + 500);
  REQUIRE(bench.printer.asked_to_retract());
  bench.session.reset();
  CHECK_FALSE(bench.printer.slip_watched());
  bench.printer.retracted(true);
}

}  // namespace bianmin

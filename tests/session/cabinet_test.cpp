// The cabinet around the screen: its lights go with the pages.
#include "terminal/session/cabinet.hpp"

#include "sync/record/case_no.hpp"
#include "sync/record/slip.hpp"
#include "tests/session/kiosk_bench.hpp"

using namespace bianmin;
using cabinet::Light;
using cabinet::LightPlace;
using session::Guide;

TEST_CASE("the light shows where the card goes, where the slip comes, and goes out at the end") {
  KioskBench bench;
  bench.start();
  CHECK(bench.lights.lit.empty());
  bench.touch("choice.0");
  CHECK(bench.lights.lit == Guide{{LightPlace::card_reader, Light::on}});
  bench.touch("helper.help");  // staff see it, too
  CHECK(bench.lights.lit == Guide{{LightPlace::card_reader, Light::on}});
  bench.touch("close");
  bench.reader.answer(specimen_card());
  bench.turn();
  CHECK(bench.lights.lit.empty());
  bench.touch("next");
  bench.touch("choice.0");
  bench.touch("skip");
  bench.touch("submit");
  CHECK(bench.lights.lit == Guide{{LightPlace::slip_printer, Light::on}});
  bench.reader.become(card::CardPresence::present);
  CHECK(bench.lights.lit ==
        Guide{{LightPlace::slip_printer, Light::on}, {LightPlace::card_reader, Light::blink}});
  bench.printer.answer(printer::PrintOutcome::printed);
  CHECK(bench.lights.lit ==
        Guide{{LightPlace::slip_printer, Light::blink}, {LightPlace::card_reader, Light::blink}});
  bench.touch("finish");
  REQUIRE(bench.page() == "take-card");
  CHECK(bench.lights.lit == Guide{{LightPlace::card_reader, Light::blink}});
  bench.reader.become(card::CardPresence::none);
  CHECK(bench.overs == 1);
  bench.session.reset();
  CHECK(bench.lights.lit.empty());
}

TEST_CASE("the light shows where the code goes, while the scanner can see it") {
  KioskBench bench;
  bench.start();
  bench.touch("choice.1");
  CHECK(bench.lights.lit == Guide{{LightPlace::scanner, Light::on}});
  bench.scanner.become({DeviceCondition::absent, "absent"});
  CHECK(bench.lights.lit.empty());
  bench.scanner.become(fake_ready);
  CHECK(bench.lights.lit == Guide{{LightPlace::scanner, Light::on}});
  bench.scanner.scan(
      record::slip_text({record::make_case_no(77, 5).value(), record::make_token(Bytes(10, 7))}));
  CHECK(bench.lights.lit.empty());
  bench.pass(4'000);
  REQUIRE(bench.page() == "progress");
  CHECK(bench.lights.lit.empty());
  bench.touch("another");
  CHECK(bench.lights.lit == Guide{{LightPlace::scanner, Light::on}});
}

TEST_CASE("a slip that may be torn has no light that says take it") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  bench.touch("submit");
  bench.printer.answer(printer::PrintOutcome::doubtful);
  CHECK(bench.lights.lit.empty());
  bench.touch("reprint");
  CHECK(bench.lights.lit == Guide{{LightPlace::slip_printer, Light::on}});
}

TEST_CASE("a terminal without a cabinet of its own works as well") {
  KioskBench bench;
  session::Cabinet cabinet({}, bench.screen);
  cabinet.guide({{LightPlace::pad, Light::on}});
  CHECK(bench.lights.lit.empty());
}

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
  REQUIRE(bench.page() == "take_card");
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

TEST_CASE("an open door is told on the welcome page, and the services stay open") {
  KioskBench bench;
  bench.start();
  CHECK_FALSE(bench.shows("工作人员正开着"));
  bench.contacts.become({.door_open = true});
  CHECK(bench.shows("工作人员正开着机器的门"));
  CHECK(bench.log_text().find("door-opened code=contacts.door_open") != std::string::npos);
  bench.touch("helper.help");
  CHECK(bench.shows("门磁 (contacts.door_open)"));
  bench.touch("close");
  bench.touch("choice.0");
  CHECK(bench.page() == "card");
  bench.contacts.become({});
  CHECK(bench.page() == "card");
  CHECK(bench.log_text().find("door-closed") != std::string::npos);
}

TEST_CASE(
    "a terminal that somebody has been at closes, and opens when its contact was well for long enough") {
  KioskBench bench;
  bench.start();
  bench.contacts.become({.tampered = true});
  REQUIRE(bench.page() == "notice");
  CHECK(bench.shows("这台机器暂停使用"));
  CHECK(bench.shows("contacts.tampered"));
  CHECK(bench.shows("12345"));
  CHECK(bench.overs == 0);  // nobody was there
  bench.pass(700'000);
  CHECK(bench.page() == "notice");
  bench.contacts.become({});
  bench.pass(500'000);
  CHECK(bench.page() == "notice");
  bench.contacts.become({.tampered = true});  // again: the time begins anew
  bench.contacts.become({});
  bench.pass(599'000);
  CHECK(bench.page() == "notice");
  bench.touch("helper.language");
  CHECK(bench.shows("This machine is closed"));
  bench.pass(2'000);
  CHECK(bench.page() == "welcome");
  const std::string log = bench.log_text();
  CHECK(log.find("error cabinet tampered code=contacts.tampered") != std::string::npos);
  CHECK(log.find("opened-again") != std::string::npos);
}

TEST_CASE(
    "who is served when somebody is at the cabinet is let go in order, and the next session stays closed") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  bench.touch("submit");
  REQUIRE(bench.printer.printing());
  bench.contacts.become({.tampered = true});
  bench.turn();
  CHECK(bench.overs == 1);
  CHECK(bench.left_tampered);
  CHECK(bench.journal->backlog().value().waiting == 1);  // the case is saved, and stays so
  const std::string job = record::make_case_no(42, 1).value() + "-1";
  CHECK(bench.ledger.find(job).value()->state != store::PrintState::sending);
  bench.session.reset();

  bench.was_tampered = true;
  bench.contacts.become({});
  bench.start();
  CHECK(bench.page() == "notice");
  bench.pass(601'000);
  CHECK(bench.page() == "welcome");
}

TEST_CASE("a board that was torn out opens nothing") {
  KioskBench bench;
  bench.was_tampered = true;
  bench.contacts.go();
  bench.start();
  CHECK(bench.page() == "notice");
  bench.pass(2'000'000);
  CHECK(bench.page() == "notice");
  bench.contacts.become({});
  bench.pass(601'000);
  CHECK(bench.page() == "welcome");
  bench.contacts.go();  // one that goes by itself closes nothing: it is told as a device
  CHECK(bench.page() == "welcome");
}

TEST_CASE("a case that was not saved is dropped, not half kept") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  bench.contacts.become({.tampered = true});
  bench.turn();
  CHECK(bench.overs == 1);
  CHECK(bench.left_tampered);
  CHECK(bench.journal->backlog().value().waiting == 0);
  CHECK(bench.printer.documents.empty());
}

TEST_CASE("a contact that is in alarm at the start closes at once, power cut or not") {
  KioskBench bench;
  bench.contacts.become({.tampered = true});
  bench.ups.become({DeviceCondition::degraded, "ups.on_battery"});
  bench.start();
  CHECK(bench.shows("contacts.tampered"));
  bench.contacts.become({});
  bench.pass(601'000);
  CHECK(bench.shows("ups.on_battery"));
  CHECK(bench.overs == 0);
}

TEST_CASE("a headset is told on every page the moment it goes in or out, and somebody is there") {
  KioskBench bench;
  bench.start();
  CHECK(bench.jack.watched());
  CHECK_FALSE(bench.shows("耳机"));
  bench.touch("choice.0");
  bench.pass(100'000);
  bench.jack.plug(true);
  CHECK(bench.shows("耳机"));
  bench.pass(100'000);
  CHECK(bench.page() == "card");
  bench.jack.plug(false);
  CHECK_FALSE(bench.shows("耳机"));
  bench.session.reset();
  CHECK_FALSE(bench.jack.watched());
  bench.jack.plug(true);
  bench.start();
  CHECK(bench.shows("耳机"));
}

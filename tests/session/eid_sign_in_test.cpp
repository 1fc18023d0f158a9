// Signing in with an electronic ID: who proves to be its owner comes in, and nobody else.
#include "tests/session/eid_bench.hpp"

using namespace bianmin;

namespace {

bool pin_nowhere(EidBench& bench) {
  const std::string seen = bench.screen.semantic_dump() + bench.log_text();
  return seen.find(canary_pin1) == std::string::npos && seen.find(canary_pin2) == std::string::npos;
}

}  // namespace

TEST_CASE("a card and its PIN sign a person in", "[eid]") {
  const auto generation =
      GENERATE(emulator::EidGeneration::idemia_2018, emulator::EidGeneration::idemia_2018_second_chip,
               emulator::EidGeneration::thales_2025);
  EidBench bench;
  EidCard card(bench.identity, canary_specimen(), generation);
  bench.start();
  bench.touch("choice.0");
  REQUIRE(bench.page() == "card");
  CHECK(bench.shows("请插入电子身份卡"));
  CHECK_FALSE(bench.reader.reading());  // this service takes no ID card
  bench.slot.insert(card.card);
  CHECK(bench.shows("正在读卡"));
  bench.work();
  REQUIRE(bench.page() == "pin-sign-in");
  CHECK_FALSE(bench.screen.activate("done"));
  bench.type(canary_pin1);
  CHECK(bench.shows("已输入 8 位"));
  CHECK(pin_nowhere(bench));
  bench.touch("done");
  REQUIRE(bench.page() == "busy");
  bench.work();
  REQUIRE(bench.page() == "question.2");
  bench.touch("choice.1");
  CHECK(bench.shows("J**"));  // masked, from the card
  CHECK_FALSE(bench.shows("38001085718"));
  CHECK_FALSE(bench.slot.watched());
  CHECK(pin_nowhere(bench));
}

TEST_CASE("a wrong PIN says how many tries are left, and the last one is warned of", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  bench.start();
  bench.touch("choice.0");
  bench.insert(card);
  bench.enter("11111");
  REQUIRE(bench.page() == "pin-sign-in");
  CHECK(bench.shows("密码不对。\n还能试 2 次。"));
  CHECK(bench.shows("还没有输入"));  // the wrong one is gone
  bench.type("1");
  CHECK_FALSE(bench.shows("密码不对"));
  CHECK(bench.shows("还能试 2 次"));
  bench.touch("key.clear");
  bench.enter("22222");
  CHECK(bench.shows("只剩最后一次"));
  bench.enter(canary_pin1);
  CHECK(bench.page() == "question.2");
}

TEST_CASE("a PIN that gets locked is told, with what to do, and nobody is signed in", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  bench.start();
  bench.touch("choice.0");
  bench.insert(card);
  for (const char* wrong : {"11111", "22222", "33333"}) bench.enter(wrong);
  REQUIRE(bench.page() == "notice");
  CHECK(bench.shows("登录密码 PIN1 锁住了"));
  CHECK(bench.shows("PUK"));
  CHECK(bench.shows("pin.blocked"));
  bench.touch("act");
  bench.slot.remove();
  bench.turn();
  CHECK(bench.overs == 1);
  SECTION("and the next person with that card is told before entering anything") {
    EidBench next;
    next.identity = bench.identity;
    next.trust = bench.trust;
    next.start();
    next.touch("choice.0");
    next.insert(card);
    CHECK(next.shows("登录密码 PIN1 锁住了"));
  }
}

TEST_CASE("a PIN of the issuer's letter has to be changed first", "[eid]") {
  EidBench bench;
  emulator::SpecimenEid fresh = canary_specimen();
  fresh.pins_changed = false;
  EidCard card(bench.identity, fresh, emulator::EidGeneration::thales_2025);
  bench.start();
  bench.touch("choice.0");
  bench.insert(card);
  CHECK(bench.shows("要先换登录密码 PIN1"));
  CHECK(bench.shows("pin.must_change"));
}

TEST_CASE("a card that is not believed is never asked for its PIN", "[eid]") {
  EidBench bench;
  seal::TestCertificateRequest request;
  request.valid_from_utc_ms = bench.clock.utc_ms() - 1'000'000;
  request.valid_to_utc_ms = bench.clock.utc_ms() + 1'000'000;
  emulator::EidKeys keys = specimen_keys(bench.identity);
  const char* said = nullptr;
  SECTION("from an authority that is not in the list") {
    keys = specimen_keys(seal::make_test_eid(bench.clock.utc_ms()));
    said = "这里认不得这张卡是谁发的";
  }
  SECTION("run out") {
    request.valid_to_utc_ms = bench.clock.utc_ms() - 1'000;
    keys.authentication_certificate = bench.identity.authority.issue(request).certificate();
    said = "这张卡过期了";
  }
  SECTION("of another person") {
    request.serial_number = "PNOEE-49403136515";
    keys.authentication_certificate = bench.identity.authority.issue(request).certificate();
    said = "卡上的人和证书上的不一样";
  }
  SECTION("of another country's numbers") {
    request.serial_number = "PNOLV-38001085718";
    keys.authentication_certificate = bench.identity.authority.issue(request).certificate();
    said = "卡上的人和证书上的不一样";
  }
  SECTION("with the wrong kind of key") {
    keys.authentication_certificate = keys.signing_certificate;
    said = "这张卡不能这样用";
  }
  EidCard card(keys, canary_specimen());
  bench.start();
  bench.touch("choice.0");
  bench.insert(card);
  CHECK(bench.page() == "card");
  CHECK(bench.shows(said));
  CHECK_FALSE(bench.slot.has_job());  // the same card is not read over and over
  CHECK(bench.log_text().find("38001085718") == std::string::npos);
  bench.slot.remove();
  REQUIRE(bench.slot.has_job());
  EidCard good(bench.identity, canary_specimen());
  bench.insert(good);
  CHECK(bench.page() == "pin-sign-in");
}

TEST_CASE("a card whose key does not fit its certificate signs nobody in", "[eid]") {
  EidBench bench;
  emulator::EidKeys keys = specimen_keys(bench.identity);
  const seal::TestEid stranger = seal::make_test_eid(bench.clock.utc_ms());
  keys.sign = [stranger](bool, ByteView digest) { return stranger.authentication.sign_digest(digest); };
  EidCard card(keys, canary_specimen());
  bench.start();
  bench.touch("choice.0");
  bench.insert(card);
  bench.enter(canary_pin1);
  CHECK(bench.page() == "card");
  CHECK(bench.shows("卡签的名核对不上"));
}

TEST_CASE("a card taken away takes the digits with it", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  bench.start();
  bench.touch("choice.0");
  bench.insert(card);
  bench.type("703");
  bench.slot.remove();
  REQUIRE(bench.page() == "card");
  CHECK(bench.shows("卡拿开得太早了"));
  bench.insert(card);
  REQUIRE(bench.page() == "pin-sign-in");
  CHECK(bench.shows("还没有输入"));
  CHECK_FALSE(bench.shows("卡拿开得太早了"));
  SECTION("also while it is at work") {
    bench.type(canary_pin1);
    bench.touch("done");
    bench.slot.remove();
    CHECK(bench.page() == "card");
    CHECK(bench.slot.has_job());  // waits for a card, to read it; no PIN waits
    bench.slot.insert(card.card);
    bench.work();
    CHECK(bench.page() == "pin-sign-in");
    CHECK(bench.shows("还没有输入"));
  }
  bench.enter(canary_pin1);
  CHECK(bench.page() == "question.2");
}

TEST_CASE("a card put in another's place unseen gets no PIN", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  emulator::SpecimenEid other_specimen = canary_specimen();
  other_specimen.document_number = "AS0000025";
  seal::TestCertificateRequest request;
  request.valid_from_utc_ms = bench.clock.utc_ms() - 1'000'000;
  request.valid_to_utc_ms = bench.clock.utc_ms() + 1'000'000;
  emulator::EidKeys keys = specimen_keys(bench.identity);
  keys.authentication_certificate = bench.identity.authority.issue(request).certificate();
  EidCard other(keys, other_specimen);
  bench.start();
  bench.touch("choice.0");
  bench.insert(card);
  bench.type("11111");
  bench.touch("done");
  bench.slot.swap_unseen(other.card);
  bench.work();
  CHECK(bench.page() == "card");
  CHECK(bench.shows("这不是刚才那张卡"));
  CHECK(other.model.tries_left(0x01) == 3);
}

TEST_CASE("a reader that is unplugged is waited for", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  bench.start();
  bench.touch("choice.0");
  bench.insert(card);
  bench.type("70");
  bench.slot.become({DeviceCondition::absent, "absent"});
  bench.slot.become(card::CardPresence::unknown);
  REQUIRE(bench.page() == "card");
  CHECK(bench.shows("读卡器连不上"));
  bench.slot.become(fake_ready);
  CHECK_FALSE(bench.shows("读卡器连不上"));
  bench.insert(card);
  CHECK(bench.page() == "pin-sign-in");
  CHECK(bench.shows("还没有输入"));
}

TEST_CASE("a reader that fails at work says so and reads again", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  bench.start();
  bench.touch("choice.0");
  bench.insert(card);
  bench.type(canary_pin1);
  bench.touch("done");
  bench.slot.answer(Error{Remedy::retry_later, "usb.timeout", {}});
  CHECK(bench.page() == "card");
  CHECK(bench.shows("没成功"));
  bench.slot.remove();
  bench.insert(card);
  bench.enter(canary_pin1);
  CHECK(bench.page() == "question.2");
}

TEST_CASE("a reader with keys of its own takes the PIN itself", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  card.card.give_pin_pad("11111");
  bench.start();
  bench.touch("choice.0");
  bench.insert(card);
  REQUIRE(bench.page() == "reader-pin-sign-in");
  CHECK(bench.shows("不经过这台机器"));
  CHECK_FALSE(bench.screen.activate("key.1"));
  bench.work();
  REQUIRE(bench.page() == "reader-pin-sign-in");
  CHECK(bench.shows("还能试 2 次"));
  CHECK_FALSE(bench.slot.has_job());  // it begins when the person is ready
  SECTION("nobody enters anything") {
    card.card.give_pin_pad(std::nullopt);
    bench.touch("act");
    bench.work();
    CHECK(bench.shows("没等到密码"));
  }
  card.card.give_pin_pad(canary_pin1);
  bench.touch("act");
  CHECK_FALSE(bench.screen.activate("act"));
  bench.work();
  CHECK(bench.page() == "question.2");
}

TEST_CASE("cancelling and walking away leave nothing waiting", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  bench.start();
  bench.touch("choice.0");
  bench.insert(card);
  bench.type("703");
  SECTION("cancelled") { bench.touch("cancel"); }
  SECTION("back") { bench.touch("helper.back"); }
  SECTION("walked away") { bench.pass(170'000); }
  SECTION("walked away while the card is at work") {
    bench.type("82");
    bench.touch("done");
    bench.pass(170'000);
  }
  CHECK(bench.page() == "take_card");
  CHECK_FALSE(bench.slot.has_job());
  bench.slot.remove();
  bench.turn();
  CHECK(bench.overs == 1);
  CHECK_FALSE(bench.slot.watched());
}

TEST_CASE("where both are taken, the ID card and the electronic ID stand side by side", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  bench.start();
  bench.touch("choice.1");
  CHECK(bench.shows("请放上身份证，或插入电子身份卡"));
  REQUIRE(bench.reader.reading());
  REQUIRE(bench.slot.has_job());
  SECTION("an ID card") {
    bench.reader.answer(specimen_card());
    bench.turn();
    CHECK(bench.page() == "question.2");
    CHECK_FALSE(bench.slot.has_job());
    bench.touch("choice.0");
    bench.touch("submit");
    CHECK(bench.page() == "saved");  // no key, no signature
    CHECK_FALSE(bench.saved_record().signature.has_value());
  }
  SECTION("an electronic ID") {
    bench.insert(card);
    CHECK(bench.page() == "pin-sign-in");
    CHECK_FALSE(bench.reader.reading());
    bench.slot.remove();
    CHECK(bench.page() == "card");
    CHECK(bench.reader.reading());  // either way again
    bench.insert(card);
    bench.enter(canary_pin1);
    CHECK(bench.page() == "question.2");
  }
  SECTION("one of the readers is away") {
    bench.slot.become({DeviceCondition::absent, "absent"});
    CHECK_FALSE(bench.shows("读卡器连不上"));
    bench.reader.become({DeviceCondition::absent, "absent"});
    CHECK(bench.shows("读卡器连不上"));
  }
}

TEST_CASE("a terminal that takes no electronic IDs closes what needs them", "[eid]") {
  EidBench bench;
  bench.eid = nullptr;
  bench.start();
  bench.touch("choice.0");
  CHECK(bench.page() != "card");
  CHECK(bench.overs == 0);
}

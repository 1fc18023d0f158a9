// Tokens on the control pipe, from USB to the response of the card in them.
#include "tests/drivers/ccid_rig.hpp"

namespace bianmin {

namespace {

CcidReaderOptions token(CcidForm form, CcidLevel level = CcidLevel::short_apdu) {
  CcidReaderOptions options;
  options.form = form;
  options.level = level;
  options.interrupt = false;
  return options;
}

int count_of(CcidRig& rig, std::uint8_t command) {
  return rig.device.change([command](CcidReaderModel& model) { return model.count_of(command); });
}

constexpr std::uint8_t power_on = 0x62;
constexpr std::uint8_t power_off = 0x63;

}  // namespace

TEST_CASE("a token is powered for a job, spoken to, and powered off") {
  const auto form = GENERATE(CcidForm::token_a, CcidForm::token_b);
  const auto level = GENERATE(CcidLevel::tpdu, CcidLevel::short_apdu, CcidLevel::extended_apdu);
  const int protocol = GENERATE(0, 1);
  INFO("form " << static_cast<int>(form) << " level " << static_cast<int>(level) << " T=" << protocol);
  CcidRig rig(token(form, level));
  rig.start();
  const Bytes atr = protocol == 0 ? emulator::atr_of_t0() : emulator::atr_of_t1(32, false);
  rig.insert(atr);
  const bool by_bytes = level == CcidLevel::tpdu && protocol == 0;
  const auto ended = rig.use([&](SmartCard& smart_card, std::stop_token) -> Result<void> {
    CHECK(Bytes(smart_card.atr().begin(), smart_card.atr().end()) == atr);
    CHECK_FALSE(smart_card.has_pin_pad());
    CHECK(smart_card.transmit({0, 0xA4, 0, 0})->good());
    CHECK(smart_card.transmit(data_of(16, 16))->data.size() == 16);
    CHECK(smart_card.transmit(data_of(256, 256))->data.size() == 256);
    CHECK(smart_card.transmit(select_file)->good());
    if (by_bytes) {
      CHECK(smart_card.transmit(echo_of(40))->status == 0x6128);
      CHECK(smart_card.transmit({0, 0xC0, 0, 0, {}, 0x28})->data == echo_of(40).data);
    } else {
      for (const std::size_t count : {1U, 32U, 255U})
        CHECK(smart_card.transmit(echo_of(count))->data == echo_of(count).data);
    }
    if (auto again = smart_card.reset(); !again) return again;
    CHECK(smart_card.transmit(select_file)->good());
    return {};
  });
  REQUIRE(ended.ok());
  REQUIRE(rig.until([&] { return !rig.ask(&CcidReaderModel::powered); }));
  CHECK(rig.reader->state().usable());
  CHECK(rig.reader->presence() == card::CardPresence::present);
}

TEST_CASE("long commands go to a token of version B in pieces, to one of version A as one block") {
  auto options = token(GENERATE(CcidForm::token_a, CcidForm::token_b), CcidLevel::extended_apdu);
  options.message_byte_max = GENERATE(271U, 1'034U, 4'010U);
  CcidRig rig(options);
  rig.start();
  rig.insert(emulator::atr_of_t1(254, false));
  const std::size_t block_byte_max = options.message_byte_max - 10;
  for (const std::size_t count : {200U, 256U, 700U, 3'900U, 9'000U}) {
    INFO("form " << static_cast<int>(options.form) << " block " << block_byte_max << " count " << count);
    const auto response = rig.send(echo_of(count));
    const bool fits = options.form == CcidForm::token_b || count + 9 <= block_byte_max;
    REQUIRE(response.ok() == fits);
    if (fits) CHECK(response->data == echo_of(count).data);
    if (!fits) CHECK(response.error().code == "card.too_long");
  }
  CHECK(rig.reader->state().usable());
}

TEST_CASE("an answer that is longer than one request can carry is refused, not cut") {
  auto options = token(GENERATE(CcidForm::token_a, CcidForm::token_b), CcidLevel::extended_apdu);
  options.message_byte_max = 65'554;
  CcidRig rig(options);
  rig.start();
  rig.insert(emulator::atr_of_t1(254, false));
  CHECK(rig.send(data_of(3'998, 65'536))->data.size() == 3'998);
  CHECK(rig.send(data_of(3'999, 65'536)).error().code == "reader.bad_frame");
  CHECK(rig.send(data_of(200, 256)).ok());
}

TEST_CASE("a token of version B that says short commands only may still answer in pieces") {
  auto options = token(CcidForm::token_b, CcidLevel::extended_apdu);
  options.features = 0x00020840;
  options.message_byte_max = 100;  // its own blocks
  CcidRig rig(options);
  rig.start();
  rig.insert(emulator::atr_of_t1(32, false));
  CHECK(rig.send(data_of(250, 256))->data.size() == 250);
  CHECK(rig.send(echo_of(700)).error().code == "card.too_long");
}

TEST_CASE("a token may ask for time, and one that never ends is switched off") {
  CcidRig rig(token(GENERATE(CcidForm::token_a, CcidForm::token_b)));
  rig.start();
  rig.insert(emulator::atr_of_t1(32, false));
  rig.device.change([](CcidReaderModel& model) { model.extend_time(40, 2); });
  CHECK(rig.send(echo_of(40)).ok());
  rig.device.change([](CcidReaderModel& model) { model.hold(); });
  int offs = 0;
  const auto held = rig.use([&](SmartCard& smart_card, std::stop_token) -> Result<void> {
    offs = count_of(rig, power_off);
    CHECK(smart_card.transmit(echo_of(40)).error().code == "card.mute");
    CHECK(count_of(rig, power_off) == offs + 1);
    CHECK(smart_card.transmit(echo_of(40)).error().code == "card.mute");  // it has no power
    CHECK(smart_card.reset().ok());
    const auto response = smart_card.transmit(echo_of(40));
    return response ? Result<void>() : response.error();
  });
  CHECK(held.ok());
  CHECK(rig.reader->state().usable());
}

TEST_CASE("a token that says it is not there is waited for, told by interrupt or found by looking") {
  auto options = token(GENERATE(CcidForm::token_a, CcidForm::token_b));
  options.interrupt = GENERATE(true, false);
  CcidRig rig(options);
  rig.start();
  REQUIRE(rig.until([&] { return rig.reader->presence() == card::CardPresence::none; }));
  Ended ended;
  rig.reader->use([](SmartCard&, std::stop_token) -> Result<void> { return {}; },
                  [&](Result<void> result) { ended = std::move(result); });
  rig.insert(emulator::atr_of_t0());
  REQUIRE(rig.until([&] { return ended.has_value(); }));
  CHECK(ended->ok());
  rig.device.change([](CcidReaderModel& model) { model.remove(); });
  REQUIRE(rig.until([&] { return rig.reader->presence() == card::CardPresence::none; }));
}

TEST_CASE("a mute token is told, and what it fails with is the card's") {
  CcidRig rig(token(CcidForm::token_b));
  rig.start();
  rig.insert(emulator::atr_of_t1(32, false));
  rig.device.change([](CcidReaderModel& model) { model.be_mute(true); });
  CHECK(rig.send(select_file).error().code == "card.mute");
  rig.device.change([](CcidReaderModel& model) { model.be_mute(false); });
  rig.device.change([](CcidReaderModel& model) { model.fail_next(0x6F, 0xFD); });
  CHECK(rig.send(select_file).error().code == "card.mute");
  const int ons = count_of(rig, power_on);
  CHECK(rig.send(select_file).ok());
  CHECK(count_of(rig, power_on) == ons + 1);
  CHECK(rig.reader->state().usable());
}

TEST_CASE("a token that refuses everything is recovered by a reset") {
  CcidRig rig(token(GENERATE(CcidForm::token_a, CcidForm::token_b)));
  rig.start();
  rig.insert(emulator::atr_of_t1(32, false));
  const auto ended = rig.use([&](SmartCard& smart_card, std::stop_token) -> Result<void> {
    rig.device.change([](CcidReaderModel& model) { model.go_deaf(); });
    const auto response = smart_card.transmit(echo_of(40));
    return response ? Result<void>() : response.error();
  });
  CHECK(ended.error().code == "usb.stall");
  CHECK(rig.send(echo_of(40)).ok());
  REQUIRE(rig.until([&] { return rig.reader->state().usable(); }));
}

}  // namespace bianmin

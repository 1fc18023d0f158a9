// The CCID driver from USB to the response of a card, over an emulated reader.
#include "tests/drivers/ccid_rig.hpp"

namespace bianmin {

TEST_CASE("a card is powered for a job, spoken to, and powered off") {
  const auto level = GENERATE(CcidLevel::tpdu, CcidLevel::short_apdu, CcidLevel::extended_apdu);
  const bool automatic = GENERATE(true, false);
  const int protocol = GENERATE(0, 1);
  CcidReaderOptions options;
  options.level = level;
  options.automatic = automatic;
  CcidRig rig(options);
  rig.start();
  const Bytes atr = protocol == 0 ? emulator::atr_of_t0() : emulator::atr_of_t1(32, false);
  rig.insert(atr);
  const bool by_bytes = level == CcidLevel::tpdu && protocol == 0;
  INFO("level " << static_cast<int>(level) << " automatic " << automatic << " T=" << protocol);
  const auto ended = rig.use([&](SmartCard& smart_card, std::stop_token) -> Result<void> {
    CHECK(Bytes(smart_card.atr().begin(), smart_card.atr().end()) == atr);
    CHECK(smart_card.slot() == 0);
    CHECK_FALSE(smart_card.has_pin_pad());
    CHECK(smart_card.transmit({0, 0xA4, 0, 0})->good());             // case 1
    CHECK(smart_card.transmit(data_of(16, 16))->data.size() == 16);  // case 2
    CHECK(smart_card.transmit(data_of(256, 256))->data.size() == 256);
    CHECK(smart_card.transmit(select_file)->good());  // case 3
    CHECK(smart_card.transmit({0, 0xE2, 0x69, 0x82})->status == 0x6982);
    if (!by_bytes) {  // case 4
      for (const std::size_t count : {1U, 31U, 32U, 100U, 255U}) {
        const auto response = smart_card.transmit(echo_of(count));
        REQUIRE(response.ok());
        CHECK(response->data == echo_of(count).data);
      }
    } else {
      CHECK(smart_card.transmit(echo_of(40))->status == 0x6128);
      CHECK(smart_card.transmit({0, 0xC0, 0, 0, {}, 0x28})->data == echo_of(40).data);
      CHECK(smart_card.transmit(data_of(16, 256))->status == 0x6C10);
    }
    return smart_card.reset();
  });
  REQUIRE(ended.ok());
  REQUIRE(rig.until([&] { return !rig.ask(&CcidReaderModel::powered); }));
  CHECK(rig.reader->state().usable());
  CHECK(rig.reader->presence() == card::CardPresence::present);
}

TEST_CASE("long commands go as far as card and reader can") {
  CcidReaderOptions options;
  options.level = GENERATE(CcidLevel::tpdu, CcidLevel::short_apdu, CcidLevel::extended_apdu);
  options.message_byte_max = GENERATE(271U, 1'034U, 65'554U);
  CcidRig rig(options);
  rig.start();
  rig.insert(emulator::atr_of_t1(254, false));
  for (const std::size_t count : {256U, 700U, 1'024U, 4'000U, 65'500U}) {
    const auto response = rig.send(echo_of(count));
    if (options.level == CcidLevel::short_apdu) {
      CHECK(response.error().code == "card.too_long");
      continue;
    }
    INFO("level " << static_cast<int>(options.level) << " count " << count);
    REQUIRE(response.ok());
    CHECK(response->data == echo_of(count).data);
  }
  if (options.level != CcidLevel::short_apdu) CHECK(rig.send(data_of(0xFFFF, 65'536))->data.size() == 65'536);
}

TEST_CASE("over T=0 a command may have 255 bytes of data, and a long answer is fetched") {
  CcidReaderOptions options;
  options.level = CcidLevel::tpdu;
  CcidRig rig(options);
  rig.start();
  rig.insert(emulator::atr_of_t0());
  CHECK(rig.send(echo_of(256)).error().code == "card.too_long");
  const auto first = rig.send(data_of(300, 65'536));
  REQUIRE(first.ok());
  CHECK(first->data.size() == 256);
  CHECK(first->status == 0x612C);
}

TEST_CASE("the host agrees on voltage, speed and parameters where the reader does not") {
  CcidReaderOptions options;
  options.level = CcidLevel::tpdu;
  options.automatic = false;
  CcidRig rig(options);
  SECTION("a faster speed by PPS") {
    rig.start();
    rig.insert(emulator::atr_of_fast_t1(0x94));
    CHECK(rig.send(echo_of(100)).ok());
    const Bytes parameters = rig.device.change([](CcidReaderModel& model) { return model.parameters(); });
    CHECK(parameters == Bytes{0x94, 0x10, 0, 0x45, 0, 0xFE, 0});
    CHECK(rig.device.change([](CcidReaderModel& model) { return model.t1()->ifsd(); }) == 254);
  }
  SECTION("the default speed when the card refuses") {
    rig.device.change([](CcidReaderModel& model) { model.refuse_pps(true); });
    rig.start();
    rig.insert(emulator::atr_of_fast_t1(0x94));
    CHECK(rig.send(echo_of(100)).ok());
    const Bytes parameters = rig.device.change([](CcidReaderModel& model) { return model.parameters(); });
    CHECK(parameters[0] == 0x11);
  }
  SECTION("the voltage that the card answers to") {
    rig.device.change([](CcidReaderModel& model) { model.refuse_voltages(0x03); });
    rig.start();
    rig.insert(emulator::atr_of_t1(32, false));
    CHECK(rig.send(echo_of(10)).ok());
    CHECK(rig.device.change([](CcidReaderModel& model) { return model.last_voltage(); }) == 3);
  }
  SECTION("the reader's CRC over T=1") {
    rig.start();
    rig.insert(emulator::atr_of_t1(32, true));
    CHECK(rig.send(echo_of(100)).ok());
    CHECK(rig.device.change([](CcidReaderModel& model) { return model.parameters()[1]; }) == 0x11);
  }
}

TEST_CASE("a protocol that the reader has not is unsupported, a second one is switched to") {
  CcidReaderOptions options;
  options.level = CcidLevel::tpdu;
  options.automatic = false;
  options.protocols = 2;
  CcidRig rig(options);
  rig.start();
  rig.insert(emulator::atr_of_t0());
  CHECK(rig.send(select_file).error().code == "card.unsupported");
  rig.insert(emulator::atr_of_both());
  CHECK(rig.send(echo_of(100)).ok());
  CHECK(rig.reader->state().usable());
}

TEST_CASE("mute cards are told, and the reader stays ready") {
  CcidRig rig;
  rig.start();
  rig.insert(Bytes{0x00, 0x01});
  CHECK(rig.send(select_file).error().code == "card.mute");
  rig.insert(emulator::atr_of_t0());
  rig.device.change([](CcidReaderModel& model) { model.be_mute(true); });
  CHECK(rig.send(select_file).error().code == "card.mute");
  rig.device.change([](CcidReaderModel& model) { model.be_mute(false); });
  CHECK(rig.send(select_file).ok());
  CHECK(rig.reader->state().usable());
}

TEST_CASE("a job waits for a card, told by interrupt or found by polling") {
  CcidReaderOptions options;
  options.interrupt = GENERATE(true, false);
  CcidRig rig(options);
  rig.start();
  REQUIRE(rig.until([&] { return rig.reader->state().usable(); }));
  std::vector<card::CardPresence> seen;
  rig.reader->watch_presence([&](card::CardPresence presence) { seen.push_back(presence); });
  Ended ended;
  rig.reader->use(
      [](SmartCard& smart_card, std::stop_token) -> Result<void> {
        const auto response = smart_card.transmit(select_file);
        return response ? Result<void>() : response.error();
      },
      [&](Result<void> result) { ended = std::move(result); });
  CHECK_FALSE(ended.has_value());
  rig.insert(emulator::atr_of_t0());
  REQUIRE(rig.until([&] { return ended.has_value(); }));
  CHECK(ended->ok());
  CHECK(rig.send(select_file).ok());  // it is still there
  rig.device.change([](CcidReaderModel& model) { model.remove(); });
  REQUIRE(rig.until([&] { return rig.reader->presence() == card::CardPresence::none; }));
  CHECK(std::find(seen.begin(), seen.end(), card::CardPresence::present) != seen.end());
  rig.device.unplug();
  REQUIRE(rig.until([&] { return rig.reader->presence() == card::CardPresence::unknown; }));
}

TEST_CASE("an interrupt endpoint that never stops is not listened to any more") {
  CcidRig rig;
  rig.device.change([](CcidReaderModel& model) { model.babble_notices(1'000'000); });
  rig.start();
  REQUIRE(rig.until([&] { return rig.reader->state().usable(); }));
  rig.insert(emulator::atr_of_t0());
  CHECK(rig.send(select_file).ok());
}

TEST_CASE("of several slots the card that came last is used") {
  CcidReaderOptions options;
  options.slots = 3;
  CcidRig rig(options);
  rig.start();
  rig.insert(emulator::atr_of_t0(), 0);
  CHECK(rig.send(select_file).ok());
  const auto newer = rig.insert(emulator::atr_of_t1(32, false), 2);
  REQUIRE(rig.until([&] { return rig.ask(&CcidReaderModel::has_card, 2); }));
  int used = -1;
  REQUIRE(rig.until([&] {
    const auto ended = rig.use([&](SmartCard& smart_card, std::stop_token) -> Result<void> {
      used = smart_card.slot();
      return {};
    });
    return ended.ok() && used == 2;
  }));
  rig.device.change([](CcidReaderModel& model) { model.remove(2); });
  REQUIRE(rig.until([&] {
    const auto ended = rig.use([&](SmartCard& smart_card, std::stop_token) -> Result<void> {
      used = smart_card.slot();
      return {};
    });
    return ended.ok() && used == 0;
  }));
}

TEST_CASE("a card taken away at any command is removed, and the next one is read") {
  CcidReaderOptions options;
  options.level = GENERATE(CcidLevel::tpdu, CcidLevel::extended_apdu);
  options.automatic = false;
  for (int index = 1; index < 14; ++index) {
    INFO("command " << index);
    CcidRig rig(options);
    rig.device.change([&](CcidReaderModel& model) {
      model.insert(std::make_shared<EchoCard>(emulator::atr_of_t1(32, false)));
      model.remove_at(index);
    });
    rig.start();
    Ended ended;
    const auto job = [](SmartCard& smart_card, std::stop_token) -> Result<void> {
      for (int i = 0; i < 3; ++i) {
        if (const auto response = smart_card.transmit(echo_of(40)); !response) return response.error();
      }
      return {};
    };
    rig.reader->use(job, [&](Result<void> result) { ended = std::move(result); });
    REQUIRE(rig.until([&] {
      if (!ended && !rig.ask(&CcidReaderModel::has_card)) rig.insert(emulator::atr_of_t1(32, false));
      return ended.has_value();
    }));
    const bool right =
        ended->ok() || ended->error().code == "card.removed" || ended->error().code == "card.mute";
    INFO((ended->ok() ? std::string("ok") : ended->error().text()));
    CHECK(right);
    rig.device.change([](CcidReaderModel& model) { model.remove_at(-1); });
    if (!rig.ask(&CcidReaderModel::has_card)) rig.insert(emulator::atr_of_t1(32, false));
    CHECK(rig.send(echo_of(40)).ok());
  }
}

TEST_CASE("a card may ask for time, within the limit of one exchange") {
  CcidRig rig;
  rig.start();
  rig.insert(emulator::atr_of_t1(32, false));
  rig.device.change([](CcidReaderModel& model) { model.extend_time(50, 3); });
  CHECK(rig.send(echo_of(40)).ok());
  // After asking it never answers: the limit ends it, the reader is called off and works on.
  rig.device.change([](CcidReaderModel& model) { model.hold(); });
  const auto held = rig.send(echo_of(40));
  REQUIRE_FALSE(held.ok());
  CHECK(held.error().code == "card.mute");
  CHECK(rig.send(echo_of(40)).ok());
  CHECK(rig.device.change([](CcidReaderModel& model) { return model.count_of(0x72); }) == 1);
  CHECK(rig.reader->state().usable());
}

TEST_CASE("a job is called off in the middle of a command, and the next one works") {
  CcidReaderOptions options;
  options.form = GENERATE(CcidForm::reader, CcidForm::token_a, CcidForm::token_b);
  CcidRig rig(options);
  card::CcidTimings patient = quick_timings();
  patient.command_timeout_ms = 20'000;
  patient.exchange_limit_ms = 20'000;
  rig.start(patient);
  rig.insert(emulator::atr_of_t1(32, false));
  rig.device.change([](CcidReaderModel& model) { model.hold(); });
  Ended ended;
  rig.reader->use(
      [&](SmartCard& smart_card, std::stop_token) -> Result<void> {
        const auto response = smart_card.transmit(echo_of(40));
        return response ? Result<void>() : response.error();
      },
      [&](Result<void> result) { ended = std::move(result); });
  REQUIRE(rig.until([&] { return rig.device.change([](CcidReaderModel& model) { return model.holds(); }); }));
  rig.reader->cancel();
  REQUIRE(rig.until([&] { return ended.has_value(); }));
  CHECK(ended->error().code == "card.cancelled");
  CHECK(rig.send(echo_of(40)).ok());
}

TEST_CASE("one job at a time, and a wait can be called off") {
  CcidRig rig;
  rig.start();
  std::vector<std::string_view> codes;
  const auto note = [&](Result<void> result) { codes.push_back(result ? "ok" : result.error().code); };
  const auto job = [](SmartCard&, std::stop_token) -> Result<void> { return {}; };
  rig.reader->cancel();
  rig.reader->use(job, note);
  rig.reader->use(job, note);
  REQUIRE(rig.until([&] { return codes.size() == 1; }));
  CHECK(codes[0] == "card.busy");
  rig.reader->cancel();
  REQUIRE(rig.until([&] { return codes.size() == 2; }));
  CHECK(codes[1] == "card.cancelled");
  rig.insert(emulator::atr_of_t0());
  CHECK(rig.use(job).ok());
  CHECK(codes.size() == 2);
}

TEST_CASE("a PIN is entered at the reader's keys") {
  CcidReaderOptions options;
  options.level = GENERATE(CcidLevel::tpdu, CcidLevel::short_apdu, CcidLevel::extended_apdu);
  options.pin_pad = true;
  CcidRig rig(options);
  rig.start();
  rig.insert(emulator::atr_of_t1(32, false));
  const auto verify = [&](PinPerson person) {
    rig.device.change([&](CcidReaderModel& model) { model.set_person(std::move(person)); });
    std::string said;
    const auto ended = rig.use([&](SmartCard& smart_card, std::stop_token) -> Result<void> {
      CHECK(smart_card.has_pin_pad());
      const auto response = smart_card.transmit_with_pin_pad({0, 0x20, 0, 1}, {4, 12, 12, 0xFF}, 500);
      said = response ? to_hex(Bytes{response->sw1(), response->sw2()}) : std::string(response.error().code);
      const auto after = smart_card.transmit(select_file);  // the card is still spoken to rightly
      return after ? Result<void>() : after.error();
    });
    CHECK(ended.ok());
    return said;
  };
  CHECK(verify({PinPerson::Act::types, "1234"}) == "9000");
  CHECK(verify({PinPerson::Act::types, "9999"}) == "63c2");
  CHECK(verify({PinPerson::Act::types, "12"}) == "pin.bad_length");
  CHECK(verify({PinPerson::Act::cancels, ""}) == "pin.cancelled");
  CHECK(verify({PinPerson::Act::waits, ""}) == "pin.timeout");
  CHECK(verify({PinPerson::Act::types, "1234"}) == "9000");
}

TEST_CASE("a reader without keys refuses to enter a PIN") {
  CcidRig rig;
  rig.start();
  rig.insert(emulator::atr_of_t1(32, false));
  const auto ended = rig.use([](SmartCard& smart_card, std::stop_token) -> Result<void> {
    const auto response = smart_card.transmit_with_pin_pad({0, 0x20, 0, 1}, {}, 500);
    return response ? Result<void>() : response.error();
  });
  CHECK(ended.error().code == "reader.no_pin_pad");
  CHECK(rig.reader->state().usable());
}

}  // namespace bianmin

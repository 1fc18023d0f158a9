// Readers that are odd, and readers that fail: the CCID driver lives with the one and recovers from the
// other.
#include "tests/drivers/ccid_rig.hpp"

namespace bianmin {

TEST_CASE("what readers do otherwise than they should is lived with") {
  CcidRig rig;
  rig.start();
  rig.insert(emulator::atr_of_t1(32, false));
  CHECK(rig.send(select_file).ok());
  SECTION("an answer of before comes once more") {
    rig.device.change([](CcidReaderModel& model) { model.repeat_last_answer(); });
    CHECK(rig.send(echo_of(40)).ok());
  }
  SECTION("empty packets after full ones") {
    rig.device.change([](CcidReaderModel& model) { model.send_empty_packets(true); });
    for (const std::size_t count : {51U, 52U, 53U, 116U, 180U})
      CHECK(rig.send(echo_of(count))->data.size() == count);
  }
  SECTION("no empty packets after full ones") {
    for (const std::size_t count : {51U, 52U, 53U, 116U, 180U})
      CHECK(rig.send(echo_of(count))->data.size() == count);
  }
  SECTION("a slot that is busy for a while") {
    rig.device.change([](CcidReaderModel& model) { model.be_busy(3); });
    CHECK(rig.send(echo_of(40)).ok());
  }
  CHECK(rig.reader->state().usable());
}

constexpr std::uint8_t data_block_answer = 0x80;
constexpr std::uint8_t parameters_answer = 0x82;

TEST_CASE("models of the table are served in their own way") {
  CcidReaderOptions options;
  SECTION("one that loses what a short read leaves") {
    options.vendor = 0x072F;
    options.product = GENERATE(std::uint16_t{0x2200}, std::uint16_t{0x90CC});
    options.forgets_rest = true;
  }
  SECTION("one that looks for cards only after its slot was switched off") {
    options.vendor = 0x072F;
    options.product = 0x2200;
    options.asleep = true;
  }
  SECTION("one with the vendor's class") {
    options.vendor = 0x04E6;
    options.product = 0x512C;
    options.device_class = 0xFF;
  }
  SECTION("one that says APDU and is TPDU") {
    options.vendor = 0x076B;
    options.product = 0x3022;
    options.level = CcidLevel::tpdu;
    options.features = 0x000204BA;
  }
  SECTION("one that says extended and is not") {
    options.vendor = 0x0D46;
    options.product = 0x3010;
    options.level = CcidLevel::short_apdu;
    options.features = 0x000404BA;
  }
  SECTION("one that sends parameters and says that it sends none") {
    options.vendor = 0x08E6;
    options.product = 0x4433;
    options.level = CcidLevel::tpdu;
    options.unsized_answer = parameters_answer;
  }
  CcidRig rig(options);
  rig.start();
  rig.insert(emulator::atr_of_t1(32, false));
  CHECK(rig.send(echo_of(200))->data.size() == 200);
}

TEST_CASE("a reader of which nothing is heard on its interrupt endpoint is polled") {
  CcidReaderOptions options;
  options.vendor = 0x072F;
  options.product = GENERATE(std::uint16_t{0x2200}, std::uint16_t{0x90CC});
  options.silent = true;
  CcidRig rig(options);
  card::CcidTimings timings = quick_timings();
  timings.reconcile_ms = 120'000;  // longer than the rig is patient
  rig.start(timings);
  REQUIRE(rig.until([&] { return rig.reader->presence() == card::CardPresence::none; }));
  rig.insert(emulator::atr_of_t0());
  REQUIRE(rig.until([&] { return rig.reader->presence() == card::CardPresence::present; }));
  rig.device.change([](CcidReaderModel& model) { model.remove(); });
  REQUIRE(rig.until([&] { return rig.reader->presence() == card::CardPresence::none; }));
}

TEST_CASE("an answer longer than it says is none, but for a row's own kind of it") {
  CcidReaderOptions options;
  options.level = CcidLevel::tpdu;
  SECTION("parameters of a model without a row") { options.unsized_answer = parameters_answer; }
  SECTION("what a card says, at the model that has one") {
    options.vendor = 0x08E6;
    options.product = 0x4433;
    options.unsized_answer = data_block_answer;
  }
  CcidRig rig(options);
  rig.start();
  rig.insert(emulator::atr_of_t1(32, false));
  rig.reader->use([](SmartCard&, std::stop_token) -> Result<void> { return {}; }, [](Result<void>) {});
  REQUIRE(rig.until([&] { return rig.reader->state().code == "reader.bad_frame"; }));
}

TEST_CASE("a card that is gone is removed, also where the reader says that all is well") {
  const bool denies = GENERATE(true, false);
  CcidRig rig;
  rig.device.change([&](CcidReaderModel& model) { model.deny_absence(denies); });
  rig.start();
  rig.insert(emulator::atr_of_t1(32, false));
  const auto ended = rig.use([&](SmartCard& smart_card, std::stop_token) -> Result<void> {
    rig.device.change([](CcidReaderModel& model) { model.remove(); });
    const auto response = smart_card.transmit(select_file);
    return response ? Result<void>() : response.error();
  });
  REQUIRE_FALSE(ended.ok());
  CHECK(ended.error().code == "card.removed");
  CHECK(rig.reader->state().usable());
}

TEST_CASE("a reader that is always said to hold a card waits for one that answers") {
  CcidReaderOptions options;
  options.vendor = 0x08E6;
  options.product = 0x3480;
  CcidRig rig(options);
  rig.device.change([](CcidReaderModel& model) { model.be_mute(true); });
  rig.start();
  rig.insert(emulator::atr_of_t1(32, false));
  Ended ended;
  rig.reader->use([](SmartCard&, std::stop_token) -> Result<void> { return {}; },
                  [&](Result<void> result) { ended = std::move(result); });
  REQUIRE(rig.until(
      [&] { return rig.device.change([](CcidReaderModel& model) { return model.count_of(0x62) > 0; }); }));
  CHECK_FALSE(ended.has_value());
  REQUIRE(rig.until([&] { return rig.reader->presence() == card::CardPresence::none; }));
  rig.device.change([](CcidReaderModel& model) { model.be_mute(false); });
  REQUIRE(rig.until([&] { return ended.has_value(); }));
  CHECK(ended->ok());
}

TEST_CASE("a reader of a kind that nobody can use says so") {
  CcidReaderOptions options;
  options.descriptor = GENERATE(true, false);
  options.features = 0x00000030;
  CcidRig rig(options);
  rig.start();
  REQUIRE(rig.until([&] { return rig.reader->state().condition == DeviceCondition::faulted; }));
  CHECK(rig.reader->state().code == "reader.unsupported");
}

TEST_CASE("a reader that falls silent for good is recovered by a reset") {
  CcidRig rig;
  rig.start();
  rig.insert(emulator::atr_of_t1(32, false));
  CHECK(rig.send(echo_of(40)).ok());
  const auto ended = rig.use([&](SmartCard& smart_card, std::stop_token) -> Result<void> {
    rig.device.change([](CcidReaderModel& model) { model.go_deaf(); });
    const auto response = smart_card.transmit(echo_of(40));
    return response ? Result<void>() : response.error();
  });
  CHECK(ended.error().code.starts_with("usb."));
  CHECK(rig.send(echo_of(40)).ok());
  REQUIRE(rig.until([&] { return rig.reader->state().usable(); }));
}

TEST_CASE("a wait survives the plug, a job ends with it") {
  CcidRig rig;
  rig.start();
  REQUIRE(rig.until([&] { return rig.reader->state().usable(); }));
  Ended ended;
  rig.reader->use([](SmartCard&, std::stop_token) -> Result<void> { return {}; },
                  [&](Result<void> result) { ended = std::move(result); });
  rig.device.unplug();
  REQUIRE(rig.until([&] { return rig.reader->state().condition == DeviceCondition::absent; }));
  CHECK_FALSE(ended.has_value());
  rig.device.plug();
  rig.insert(emulator::atr_of_t0());
  REQUIRE(rig.until([&] { return ended.has_value(); }));
  CHECK(ended->ok());
  rig.device.change([](CcidReaderModel& model) { model.hold(); });
  ended.reset();
  rig.reader->use(
      [&](SmartCard& smart_card, std::stop_token) -> Result<void> {
        const auto response = smart_card.transmit(select_file);
        return response ? Result<void>() : response.error();
      },
      [&](Result<void> result) { ended = std::move(result); });
  REQUIRE(rig.until([&] { return rig.device.change([](CcidReaderModel& model) { return model.holds(); }); }));
  rig.device.unplug();
  REQUIRE(rig.until([&] { return ended.has_value(); }));
  CHECK_FALSE(ended->ok());
}

}  // namespace bianmin

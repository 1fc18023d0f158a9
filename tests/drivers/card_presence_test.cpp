// What a reader says between reads: whether a card lies on it, and what it is itself.
#include "tests/drivers/id_card_rig.hpp"

namespace bianmin {

using card::IdCard;
using emulator::CardReaderModel;
using emulator::ReaderFamily;

TEST_CASE("a card's coming and going is told while somebody watches, and nobody is asked otherwise") {
  ReaderRig rig(ReaderFamily::b);
  rig.start();
  REQUIRE(rig.until([&] { return rig.reader->state().usable(); }));
  const auto commands = [&] {
    return rig.device.change([](CardReaderModel& m) { return m.command_count(); });
  };
  const int before = commands();
  for (int i = 0; i < 5; ++i) rig.loop.run_once(20);
  CHECK(commands() == before);
  std::vector<card::CardPresence> seen;
  rig.reader->watch_presence([&](card::CardPresence presence) { seen.push_back(presence); });
  using card::CardPresence;
  REQUIRE(rig.until([&] { return seen == std::vector{CardPresence::none}; }));
  rig.put("grandma");
  REQUIRE(rig.until([&] { return seen.size() == 2; }));
  CHECK(rig.reader->presence() == CardPresence::present);
  CHECK(rig.read().ok());
  rig.device.change([](CardReaderModel& model) { model.take_card(); });
  REQUIRE(rig.until([&] { return seen.size() == 3; }));
  rig.device.unplug();
  REQUIRE(rig.until([&] { return seen.size() == 4; }));
  CHECK(seen ==
        std::vector{CardPresence::none, CardPresence::present, CardPresence::none, CardPresence::unknown});
  rig.device.plug();
  REQUIRE(rig.until([&] { return seen.size() == 5; }));
  rig.reader->watch_presence(nullptr);
  CHECK(rig.reader->presence() == CardPresence::unknown);
  rig.put("grandma");
  for (int i = 0; i < 5; ++i) rig.loop.run_once(20);
  CHECK(seen.size() == 5);
}

TEST_CASE("of a reader that hides a card it has read nobody claims that the card is gone") {
  ReaderRig rig(ReaderFamily::b);
  rig.device.change([](CardReaderModel& model) { model.hide_read_card(true); });
  rig.device.plug();
  rig.reader = rig.make({{0x0400, 0xC35A, {.needs_settling = false, .hides_read_card = true}}});
  using card::CardPresence;
  std::vector<CardPresence> seen;
  rig.put("grandma");
  rig.reader->watch_presence([&](CardPresence presence) { seen.push_back(presence); });
  REQUIRE(rig.until([&] { return !seen.empty(); }));
  const auto read = rig.read({.fingerprints = false, .further_address = true});
  REQUIRE(read.ok());
  CHECK_FALSE(read->further_address.empty());
  REQUIRE(rig.until([&] { return seen.size() == 2; }));
  CHECK(seen == std::vector{CardPresence::present, CardPresence::unknown});
  rig.put("farmer");  // lifted, and another one put down
  CHECK(rig.read().ok());
}

TEST_CASE("the module says its number and how it is") {
  ReaderRig rig(GENERATE(ReaderFamily::a, ReaderFamily::b));
  rig.start();
  std::optional<Result<card::IdCardModule>> module;
  const auto keep = [&](Result<card::IdCardModule> told) { module = std::move(told); };
  rig.reader->ask_module(keep);
  REQUIRE(rig.until([&] { return module.has_value(); }));
  CHECK(module->error().code == "reader.absent");
  REQUIRE(rig.until([&] { return rig.reader->state().usable(); }));
  module.reset();
  rig.reader->ask_module(keep);
  REQUIRE(rig.until([&] { return module.has_value(); }));
  REQUIRE(module->ok());
  CHECK((*module)->driver == "sdt");
  CHECK((*module)->id == "05.03-20260105-0000000042-0305419896");
  CHECK((*module)->status == "ready");
  rig.device.change([](CardReaderModel& model) { model.answer_status(0x11FF, 0x60, 1); });
  module.reset();
  rig.reader->ask_module(keep);
  REQUIRE(rig.until([&] { return module.has_value(); }));
  CHECK((*module)->status == "reader.self_test_failed");
  rig.reader->read([](Result<IdCard>) {});
  module.reset();
  rig.reader->ask_module(keep);
  REQUIRE(rig.until([&] { return module.has_value(); }));
  CHECK(module->error().code == "reader.busy");
}

TEST_CASE("a module that was asked and failed says so, and comes back") {
  ReaderRig rig(ReaderFamily::b);
  rig.start();
  REQUIRE(rig.until([&] { return rig.reader->state().usable(); }));
  rig.device.change([](CardReaderModel& model) { model.answer_status(0x12FF, 0x66, 1); });
  std::optional<Result<card::IdCardModule>> module;
  rig.reader->ask_module([&](Result<card::IdCardModule> told) { module = std::move(told); });
  REQUIRE(rig.until([&] { return module.has_value(); }));
  CHECK(module->error().code == "reader.not_authorised");
  REQUIRE(rig.until([&] { return rig.reader->state().usable(); }));
}

TEST_CASE("a module that answers badly is reset once before it counts as broken") {
  ReaderRig rig(ReaderFamily::b);
  rig.device.change([](CardReaderModel& model) { model.answer_status(0x12FF, 0x60, 1); });
  std::vector<std::string_view> codes;
  rig.start();
  rig.reader->watch([&](DeviceState state) { codes.push_back(state.code); });
  REQUIRE(rig.until([&] { return rig.reader->state().usable(); }));
  CHECK(std::find(codes.begin(), codes.end(), "reader.self_test_failed") == codes.end());
  CHECK(rig.device.change([](CardReaderModel& model) { return model.command_count(); }) == 3);
}

}  // namespace bianmin

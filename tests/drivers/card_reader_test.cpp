#include "drivers/card/sdt/sdt_status.hpp"
#include "tests/drivers/id_card_rig.hpp"

namespace bianmin {

using card::IdCard;
using emulator::CardReaderModel;
using emulator::ReaderFamily;

TEST_CASE("a card on the reader is read, in both families") {
  ReaderRig rig(GENERATE(ReaderFamily::a, ReaderFamily::b));
  rig.start();
  rig.put("grandma");
  const auto read = rig.read();
  REQUIRE(read.ok());
  CHECK(read->name == "赵秀兰");
  CHECK(read->sex == '2');
  CHECK(read->ethnicity == "01");
  CHECK(read->birth == Date{1949, 12, 31});
  CHECK(read->number == "11010519491231002X");
  CHECK(read->photo.size() == 1'024);
  CHECK_FALSE(read->valid_to.has_value());
}

TEST_CASE("reads wait for a card, one after the other, and say when they see it") {
  ReaderRig rig(GENERATE(ReaderFamily::a, ReaderFamily::b));
  rig.start();
  REQUIRE(rig.until([&] { return rig.reader->state().usable(); }));
  std::vector<std::string> events;
  rig.reader->watch_card_seen([&] { events.emplace_back("seen"); });
  rig.reader->read([&](Result<IdCard> card) { events.push_back(card ? card->name : "failed"); });
  const int before = rig.device.change([](CardReaderModel& model) { return model.command_count(); });
  REQUIRE(rig.until([&] {
    return rig.device.change([](CardReaderModel& model) { return model.command_count(); }) > before + 2;
  }));
  CHECK(events.empty());
  rig.put("farmer");
  REQUIRE(rig.until([&] { return events.size() == 2; }));
  CHECK(events == std::vector<std::string>{"seen", "阿卜杜拉·买买提明"});
  rig.put("grandma");
  CHECK(rig.read()->name == "赵秀兰");
}

TEST_CASE("what is not a usable resident card is told apart") {
  ReaderRig rig(ReaderFamily::b);
  rig.start();
  rig.put("unknown-kind");
  CHECK(rig.read().error().code == "card.not_accepted");
  rig.put("bad-number");
  CHECK(rig.read().error().code == "card.bad_number");
  rig.put("expired");
  const auto expired_card = rig.read();
  REQUIRE(expired_card.ok());
  CHECK(card::expired(*expired_card, {2020, 3, 2}));
  CHECK_FALSE(card::expired(*expired_card, {2020, 3, 1}));
}

TEST_CASE("a second read is refused and a cancelled one ends at once") {
  ReaderRig rig(ReaderFamily::b);
  rig.start();
  std::vector<std::string_view> codes;
  const auto note = [&](Result<IdCard> card) { codes.push_back(card ? "ok" : card.error().code); };
  rig.reader->cancel();
  rig.reader->read(note);
  rig.reader->read(note);
  REQUIRE(rig.until([&] { return codes.size() == 1; }));
  CHECK(codes[0] == "card.busy");
  rig.reader->cancel();
  REQUIRE(rig.until([&] { return codes.size() == 2; }));
  CHECK(codes[1] == "card.cancelled");
  rig.put("grandma");
  CHECK(rig.read().ok());
  CHECK(codes.size() == 2);
}

TEST_CASE("a card taken away in the middle of a read is reported as removed") {
  ReaderRig rig(GENERATE(ReaderFamily::a, ReaderFamily::b));
  const std::uint16_t command = GENERATE(std::uint16_t{0x2002}, std::uint16_t{0x3001});
  rig.start();
  rig.put("grandma");
  rig.device.change([&](CardReaderModel& model) { model.take_card_at(command); });
  CHECK(rig.read().error().code == "card.removed");
  rig.put("grandma");
  CHECK(rig.read().ok());
}

TEST_CASE("plugging and unplugging is followed, and a waiting read survives it") {
  ReaderRig rig(ReaderFamily::a);
  std::vector<std::string_view> codes;
  rig.start();
  rig.reader->watch([&](DeviceState state) { codes.push_back(state.code); });
  REQUIRE(rig.until([&] { return rig.reader->state().usable(); }));
  bool done = false;
  rig.reader->read([&](Result<IdCard> card) { done = card.ok(); });
  rig.device.unplug();
  REQUIRE(rig.until([&] { return rig.reader->state().condition == DeviceCondition::absent; }));
  CHECK_FALSE(done);
  rig.put("grandma");
  rig.device.plug();
  REQUIRE(rig.until([&] { return done; }));
  CHECK(codes.back() == "ready");
  CHECK(std::find(codes.begin(), codes.end(), "absent") != codes.end());
}

TEST_CASE("a reader that comes after the driver is found") {
  ReaderRig rig(ReaderFamily::b);
  rig.reader = rig.make(card::sdt_models());
  REQUIRE(rig.until([&] { return rig.reader->state().condition == DeviceCondition::absent; }));
  rig.put("grandma");
  rig.device.plug();
  CHECK(rig.read().ok());
}

TEST_CASE("every status at every command ends well or with the code of that status", "[faults]") {
  const std::uint16_t command = GENERATE(as<std::uint16_t>(), 0x12FF, 0x2001, 0x2002, 0x3010, 0x3003);
  ReaderRig rig(ReaderFamily::b);
  rig.start();
  rig.put("grandma");
  for (int status = 0; status < 256; ++status) {
    INFO("command " << command << " status " << status);
    const auto byte = static_cast<std::uint8_t>(status);
    rig.device.change([&](CardReaderModel& model) { model.answer_status(command, byte, 1); });
    const auto read = rig.read({.fingerprints = true, .further_address = true});
    const std::string_view code = read ? "ok" : read.error().code;
    const auto meaning = card::sdt_status(byte).meaning;
    const bool once_told = command == 0x2002 || command == 0x3010 || command == 0x3003;
    const bool ends = meaning == card::SdtMeaning::no_card || meaning == card::SdtMeaning::card_refused;
    CHECK(code == (once_told && ends ? card::sdt_status(byte).code : "ok"));
    if (read) CHECK(read->further_address.empty() == (command == 0x3003 && status == 0x91));
  }
}

TEST_CASE("what makes a card fail again and again is told by its own code") {
  const auto [status, code] = GENERATE(table<int, std::string>({{0x31, "card.module_not_trusted"},
                                                                {0x32, "card.not_authenticated"},
                                                                {0x33, "card.not_verified"},
                                                                {0x41, "card.unreadable"},
                                                                {0x47, "card.no_random"},
                                                                {0x91, "card.no_content"},
                                                                {0x55, "card.unknown_status"}}));
  ReaderRig rig(ReaderFamily::b);
  rig.start();
  rig.put("grandma");
  rig.device.change([&, byte = static_cast<std::uint8_t>(status)](CardReaderModel& model) {
    model.answer_status(0x3001, byte, 1'000);
  });
  const auto read = rig.read();
  CHECK(read.error().code == code);
  CHECK(read.error().remedy == Remedy::ask_resident);
  CHECK(rig.reader->state().usable());
}

TEST_CASE("fingerprints and the further address are read when asked for, and only then") {
  ReaderRig rig(GENERATE(ReaderFamily::a, ReaderFamily::b));
  rig.start();
  rig.put("grandma");
  const auto bare = rig.read();
  CHECK(bare->fingerprints.empty());
  CHECK(bare->further_address.empty());
  const auto all = rig.read({.fingerprints = true, .further_address = true});
  CHECK(all->fingerprints.size() == 512);
  CHECK(all->further_address == "某省某市某县青石镇敬老院2号楼");
  CHECK(all->photo == bare->photo);
  rig.put("farmer");
  const auto farmer = rig.read({.fingerprints = true, .further_address = true});
  CHECK(farmer->fingerprints.size() == 1'024);
  CHECK(farmer->further_address.empty());
  rig.put("foreigner-2017");
  const auto foreigner = rig.read({.fingerprints = true, .further_address = false});
  CHECK(foreigner->fingerprints.empty());
  CHECK(foreigner->number == "CAN110081080310");
}

TEST_CASE("all kinds of cards come through the reader") {
  ReaderRig rig(ReaderFamily::a);
  rig.start();
  const auto [name, kind] =
      GENERATE(table<std::string, card::CardKind>({{"grandma", card::CardKind::resident},
                                                   {"hong-kong", card::CardKind::hong_kong_macao_taiwan},
                                                   {"foreigner-2017", card::CardKind::foreigner_2017},
                                                   {"foreigner-2023", card::CardKind::foreigner_2023}}));
  rig.put(name);
  CHECK(rig.read()->kind == kind);
}

// At whichever command the card is pulled out, there is a whole person or a card that was removed.
TEST_CASE("a card pulled at any command never gives half a person", "[faults]") {
  ReaderRig rig(GENERATE(ReaderFamily::a, ReaderFamily::b));
  rig.start();
  constexpr int commands = 6;  // find, select, read; find, select, read the address
  for (int index = 0; index <= commands; ++index) {
    INFO("pulled at command " << index);
    rig.put("grandma");
    REQUIRE(rig.until([&] { return rig.reader->state().usable(); }));
    rig.device.change([&](CardReaderModel& model) { model.take_card_in(index); });
    std::optional<Result<IdCard>> result;
    rig.reader->read({.fingerprints = true, .further_address = true},
                     [&](Result<IdCard> card) { result = std::move(card); });
    if (index == 0) {  // it was gone before it was found: the read goes on waiting
      REQUIRE(rig.until(
          [&] { return !rig.device.change([](CardReaderModel& model) { return model.has_card(); }); }));
      rig.put("grandma");
    }
    REQUIRE(rig.until([&] { return result.has_value(); }));
    if (index == 0 || index == commands) {
      REQUIRE(result->ok());
      CHECK((*result)->further_address == "某省某市某县青石镇敬老院2号楼");
    } else {
      CHECK(result->error().code == "card.removed");
    }
  }
}

TEST_CASE("a card that never answers well is unreadable, and the reader stays ready") {
  ReaderRig rig(ReaderFamily::b);
  rig.start();
  rig.put("grandma");
  rig.device.change([&](CardReaderModel& model) { model.answer_status(0x3001, 0x41, 1'000); });
  CHECK(rig.read().error().code == "card.unreadable");
  CHECK(rig.reader->state().usable());
  rig.device.change([&](CardReaderModel& model) { model.answer_status(0x3001, 0x41, 0); });
  CHECK(rig.read().ok());
}

TEST_CASE("a reader whose module is not authorised is faulted, and mended without a restart") {
  ReaderRig rig(ReaderFamily::b);
  rig.device.change([&](CardReaderModel& model) { model.answer_status(0x12FF, 0x66, 1'000'000); });
  rig.start();
  REQUIRE(rig.until([&] { return rig.reader->state().condition == DeviceCondition::faulted; }));
  CHECK(rig.reader->state().code == "reader.not_authorised");
  rig.device.change([&](CardReaderModel& model) { model.answer_status(0x12FF, 0x66, 0); });
  REQUIRE(rig.until([&] { return rig.reader->state().usable(); }));
}

}  // namespace bianmin

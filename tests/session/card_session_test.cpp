// What a session does about cards: left behind, coming back, another person's, of another kind.
#include "tests/session/kiosk_bench.hpp"

using namespace bianmin;
using card::CardPresence;

namespace {

card::IdCard another_card() {
  card::IdCard card = specimen_card();
  card.name = "李某某";
  card.number = "440524188001010014";
  card.sex = '1';
  card.birth = {1880, 1, 1};
  return card;
}

void lift_and_put(KioskBench& bench) {
  bench.reader.become(CardPresence::none);
  bench.reader.become(CardPresence::present);
  bench.turn();
}

}  // namespace

TEST_CASE("a card left on the reader is asked for on the result page and at the end") {
  KioskBench bench;
  bench.start();
  bench.reader.become(CardPresence::present);
  bench.fill_in();
  bench.touch("submit");
  CHECK(bench.shows("请先把卡拿走"));
  bench.printer.answer(printer::PrintOutcome::printed);
  bench.touch("finish");
  CHECK(bench.page() == "take_card");
  CHECK(bench.shows("请拿走您的卡"));
  CHECK_FALSE(bench.shows("1101"));
  CHECK(bench.overs == 0);
  bench.pass(10'000);
  CHECK(bench.overs == 0);
  bench.reader.become(CardPresence::none);
  bench.turn();
  CHECK(bench.overs == 1);
  CHECK(bench.left_empty);
}

TEST_CASE("a slip is spoken of as in the hand when it was printed, and not before") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  bench.touch("submit");
  CHECK(bench.shows("请拿好您的卡"));
  CHECK_FALSE(bench.shows("请拿好凭条"));
  bench.printer.answer(printer::PrintOutcome::printed);
  bench.turn();
  CHECK(bench.shows("请拿好凭条和身份证"));
}

TEST_CASE("a card taken in time is not asked for") {
  KioskBench bench;
  bench.start();
  bench.reader.become(CardPresence::present);
  bench.fill_in();
  bench.touch("submit");
  bench.reader.become(CardPresence::none);
  CHECK_FALSE(bench.shows("请先把卡拿走"));
  bench.touch("finish");
  CHECK(bench.page() == "blank");
  CHECK(bench.overs == 1);
  CHECK(bench.left_empty);
}

TEST_CASE("the end does not wait for ever, and the next session knows of no empty reader") {
  KioskBench bench;
  bench.start();
  bench.reader.become(CardPresence::present);
  bench.touch("choice.0");
  bench.touch("helper.back");
  CHECK(bench.page() == "take_card");
  bench.pass(21'000);
  CHECK(bench.overs == 1);
  CHECK_FALSE(bench.left_empty);
  CHECK(bench.log_text().find("card-left-behind") != std::string::npos);
}

TEST_CASE("a terminal that is told to stop does not wait for a card") {
  KioskBench bench;
  bench.start();
  bench.reader.become(CardPresence::present);
  bench.touch("choice.0");
  bench.touch("helper.back");
  REQUIRE(bench.page() == "take_card");
  bench.session->end_now();
  CHECK(bench.overs == 1);
}

TEST_CASE("a forgotten card is told of and not read before it is lifted") {
  KioskBench bench;
  bench.reader_was_empty = false;
  bench.start();
  bench.reader.become(CardPresence::present);
  CHECK(bench.shows("别人落下的卡"));
  bench.touch("choice.0");
  CHECK(bench.shows("先拿开这张卡"));
  CHECK_FALSE(bench.reader.reading());
  bench.reader.become(CardPresence::none);
  bench.turn();
  CHECK(bench.shows("请放上身份证"));
  REQUIRE(bench.reader.reading());
  bench.reader.answer(specimen_card());
  bench.turn();
  CHECK(bench.page() == "question.2");
}

TEST_CASE("the same card may come and go in the middle of a service") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  lift_and_put(bench);
  REQUIRE(bench.reader.reading());
  bench.reader.answer(specimen_card());
  bench.turn();
  CHECK(bench.page() == "review");
}

TEST_CASE("another person's card is refused, and the answers are kept") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  lift_and_put(bench);
  bench.reader.answer(another_card());
  bench.turn();
  CHECK(bench.page() == "another_card");
  CHECK(bench.shows("card.another_person"));
  CHECK_FALSE(bench.shows("李某某"));
  bench.reader.become(CardPresence::none);
  CHECK(bench.page() == "review");
  CHECK(bench.shows("张某某"));
  lift_and_put(bench);
  bench.reader.answer(another_card());
  bench.touch("go_on");
  CHECK(bench.page() == "review");
  CHECK(bench.log_text().find("李某某") == std::string::npos);
}

TEST_CASE("only starting anew changes the person") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  lift_and_put(bench);
  bench.reader.answer(another_card());
  bench.touch("start_anew");
  CHECK(bench.page() == "take_card");
  bench.reader.become(CardPresence::none);
  bench.turn();
  CHECK(bench.overs == 1);
  CHECK(bench.journal->backlog().value().waiting == 0);
}

TEST_CASE("going back to the card does not let another person in") {
  KioskBench bench;
  bench.start();
  bench.touch("choice.0");
  bench.reader.answer(specimen_card());
  bench.turn();
  REQUIRE(bench.page() == "question.2");
  bench.touch("helper.back");
  REQUIRE(bench.page() == "card");
  bench.reader.answer(another_card());
  bench.turn();
  CHECK(bench.page() == "card");
  CHECK(bench.shows("这是另一个人的卡"));
  bench.reader.answer(specimen_card());
  bench.turn();
  CHECK(bench.page() == "question.2");
}

TEST_CASE("an idle warning does not make another person's card forgotten") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  lift_and_put(bench);
  bench.reader.answer(another_card());
  REQUIRE(bench.page() == "another_card");
  bench.pass(121'000);
  REQUIRE(bench.page() == "idle");
  bench.touch("stay");
  CHECK(bench.page() == "another_card");
}

TEST_CASE("a kind of card that a service does not take is refused, and the kinds it takes are named") {
  KioskBench bench;
  for (services::Package& package : bench.catalogue.packages) {
    if (package.flow == services::Flow::record) package.cards = {"resident", "hong-kong-macao-taiwan"};
  }
  bench.start();
  bench.touch("choice.0");
  card::IdCard foreigner = specimen_card();
  foreigner.kind = card::CardKind::foreigner_2017;
  foreigner.number = "CAN110081080310";
  bench.reader.answer(foreigner);
  CHECK(bench.shows("居民身份证、港澳台居民居住证"));
  CHECK(bench.page() == "card");
  bench.reader.answer(specimen_card());
  bench.turn();
  CHECK(bench.page() == "question.2");
}

TEST_CASE("what a package wants of the card is read and sealed into the record") {
  KioskBench bench;
  for (services::Package& package : bench.catalogue.packages) {
    if (package.flow != services::Flow::record) continue;
    package.reads = {"fingerprints", "further-address"};
    package.records_photo = true;
  }
  bench.start();
  bench.touch("choice.0");
  CHECK(bench.reader.asked.fingerprints);
  CHECK(bench.reader.asked.further_address);
  card::IdCard card = specimen_card();
  card.photo.assign(1'024, 0x5A);
  card.fingerprints.assign(512, 0x3C);
  bench.reader.answer(card);
  bench.turn();
  bench.touch("next");
  bench.touch("choice.0");
  bench.touch("skip");
  bench.touch("submit");
  const auto record = bench.record_at_hub();
  const auto value = [&record](std::string_view key) {
    for (const auto& field : record.person) {
      if (field.key == key) return field.value;
    }
    return std::string();
  };
  CHECK(value("card.photo") == to_hex(Bytes(1'024, 0x5A)));
  CHECK(value("card.fingerprints") == to_hex(Bytes(512, 0x3C)));
  CHECK(value("name") == "张某某");
}

TEST_CASE("the photo is shown beside the answers, and a silhouette where it cannot be") {
  const auto decoder = card::PhotoDecoder::load(std::string(BIANMIN_PLUGIN_FOLDER) + "/photo_good.so");
  REQUIRE(decoder.ok());
  const bool with_decoder = GENERATE(false, true);
  KioskBench bench;
  if (with_decoder) bench.photos = decoder->get();
  bench.start();
  bench.touch("choice.0");
  card::IdCard card = specimen_card();
  for (int i = 0; i < 1'024; ++i) card.photo.push_back(static_cast<std::uint8_t>(i * 7));
  bench.reader.answer(card);
  bench.turn();
  bench.touch("next");
  bench.touch("choice.0");
  bench.touch("skip");
  REQUIRE(bench.page() == "review");
  CHECK(bench.shows(with_decoder ? "image \"证件照片\"" : "这里不显示证件照片"));
  CHECK(bench.shows("\"证件照片\"") == with_decoder);
}

TEST_CASE("a photo that the decoder refuses is a silhouette, and the log says why") {
  const auto decoder = card::PhotoDecoder::load(std::string(BIANMIN_PLUGIN_FOLDER) + "/photo_good.so");
  REQUIRE(decoder.ok());
  KioskBench bench;
  bench.photos = decoder->get();
  bench.start();
  bench.touch("choice.0");
  card::IdCard card = specimen_card();
  card.photo.assign(1'024, 9);
  bench.reader.answer(card);
  bench.turn();
  CHECK(bench.page() == "question.2");
  CHECK(bench.log_text().find("photo.nonsense") != std::string::npos);
}

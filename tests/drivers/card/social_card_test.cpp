#include "drivers/card/social/social_card.hpp"

#include "drivers/card/social/social_record.hpp"
#include "drivers/emulator/scripted_card_model.hpp"
#include "drivers/emulator/social_card_model.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/direct_card.hpp"

namespace bianmin::card {

namespace {

using emulator::SocialCardModel;
using emulator::SocialVariant;
using emulator::SpecimenSocialCard;

Bytes unhexed(std::string_view text) {
  auto bytes = from_hex(text);
  REQUIRE(bytes.ok());
  return *bytes;
}

SocialCard read_ok(DirectCard& card) {
  auto read = read_social_card(card);
  REQUIRE(read.ok());
  return *read;
}

SocialCard read_model(SocialCardModel& model) {
  DirectCard card(model);
  return read_ok(card);
}

std::string value(const SocialCard& card, SocialField field) {
  const SocialItem& item = card.at(field);
  return item.read() ? item.value : "<" + std::string(item.code) + ">";
}

void check_whole(const SocialCard& card) {
  CHECK(value(card, SocialField::identification) == "110105D15600000500000017");
  CHECK(card.region == "110105");
  CHECK(value(card, SocialField::card_class) == "3");
  CHECK(value(card, SocialField::version) == "3.00");
  CHECK(value(card, SocialField::issuer) == "1101050000000001");
  CHECK(value(card, SocialField::issued) == "20180301");
  CHECK(value(card, SocialField::valid_to) == "20280301");
  CHECK(value(card, SocialField::card_number) == "X00000017");
  CHECK(value(card, SocialField::id_number) == "11010519491231002X");
  CHECK(value(card, SocialField::name) == "赵秀兰");
  CHECK(value(card, SocialField::sex) == "2");
  CHECK(value(card, SocialField::ethnicity) == "01");
  CHECK(value(card, SocialField::birth_place) == "110105");
  CHECK(value(card, SocialField::birth) == "19491231");
  CHECK(card.has_person());
}

const SocialRow& row_of(SocialField field) {
  for (const SocialRow& row : social_rows()) {
    if (row.field == field) return row;
  }
  FAIL("no such row");
  std::abort();
}

std::string parsed(SocialField field, std::string_view record) {
  const SocialItem item = parse_social_record(row_of(field), unhexed(record));
  CHECK(item.read() != item.value.empty());
  return item.read() ? item.value : "<" + std::string(item.code) + ">";
}

}  // namespace

TEST_CASE("every open kind of card is read as a whole, over T=1 and T=0") {
  const auto [variant, environment] = GENERATE(table<SocialVariant, std::string>({
      {SocialVariant::open, "SSSE"},
      {SocialVariant::by_number, "SSSE"},
      {SocialVariant::file_id_only, "SSSE"},
      {SocialVariant::short_file_id, "SSSE"},
      {SocialVariant::no_environment, "root"},
      {SocialVariant::payment, "PBOC"},
  }));
  SocialCardModel model({}, variant);
  DirectCard card(model);
  SocialCard read = read_ok(card);
  check_whole(read);
  CHECK(read.environment == environment);
  DirectCard t0(model);
  t0.speak_t0(16);
  check_whole(read_ok(t0));
}

TEST_CASE("what is locked says by what, and the rest is read") {
  const auto [variant, code] = GENERATE(table<SocialVariant, std::string>({
      {SocialVariant::pin, "card.needs_pin"},
      {SocialVariant::psam, "card.needs_psam"},
  }));
  SocialCardModel model({}, variant);
  const SocialCard card = read_model(model);
  CHECK(value(card, SocialField::card_number) == "X00000017");
  CHECK(value(card, SocialField::valid_to) == "20280301");
  CHECK_FALSE(card.has_person());
  for (const SocialField field : {SocialField::id_number, SocialField::name, SocialField::sex,
                                  SocialField::ethnicity, SocialField::birth_place, SocialField::birth}) {
    CHECK(value(card, field) == "<" + code + ">");
    CHECK(card.at(field).value.empty());
  }
}

TEST_CASE("no PIN is ever sent") {
  SocialCardModel model({}, SocialVariant::pin);
  DirectCard card(model);
  (void)read_ok(card);
  for (const Bytes& command : card.commands()) CHECK(command[1] != 0x20);
}

TEST_CASE("the conversation with a card of the second generation is the published one") {
  const auto script = emulator::parse_card_script(R"(
    > 00A40400 0F 7378312E73682EC9E7BBE1B1A3D5CF
    < 9000
    > 00A40200 02 EF05
    < 9000
    > 00B2 01 00 12
    < 0110 110105D15600000500000017FFFFFFFF 9000
    > 00B2 01 00 12
    < 0110 110105D15600000500000017FFFFFFFF 9000
    > 00B2 02 00 03
    < 0201 33 9000
    > 00B2 03 00 06
    < 0304 332E3030 9000
    > 00B2 04 00 0E
    < 6A83
    > 00B2 05 00 06
    < 0504 20180301 9000
    > 00B2 06 00 06
    < 0604 20280301 9000
    > 00B2 07 00 0B
    < 0709 583030303030303137 9000
    > 00A40200 02 EF06
    < 9000
    > 00B2 08 00 14
    < 0812 313130313035313934393132333130303258 9000
    > 00B2 08 00 14
    < 0812 313130313035313934393132333130303258 9000
    > 00B2 09 00 20
    < 091E D5D4D0E3C0BC000000000000000000000000000000000000000000000000 9000
    > 00B2 0A 00 03
    < 0A01 32 9000
    > 00B2 0B 00 03
    < 0B01 01 9000
    > 00B2 0C 00 05
    < 0C03 110105 9000
    > 00B2 0D 00 06
    < 0D04 19491231 9000
  )");
  REQUIRE(script.ok());
  emulator::ScriptedCardModel model(SocialCardModel().atr(), *script);
  DirectCard card(model);
  const SocialCard read = read_ok(card);
  CHECK(model.surprise().empty());
  CHECK(model.finished());
  CHECK(value(read, SocialField::name) == "赵秀兰");
  CHECK(value(read, SocialField::issuer) == "<card.no_content>");
}

TEST_CASE("other cards are not taken for one") {
  SocialCardModel locked_stranger({}, SocialVariant::no_environment);
  for (int id = 1; id <= 7; ++id)
    locked_stranger.put_record(0xEF05, static_cast<std::uint8_t>(id), std::nullopt);
  DirectCard card(locked_stranger);
  const auto read = read_social_card(card);
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code == "card.not_accepted");
  emulator::ScriptedCardModel mute({0x3B, 0x00}, {});
  DirectCard other(mute);
  CHECK(read_social_card(other).error().code == "card.not_accepted");
}

TEST_CASE("a number that does not check, or does not fit the person, is not given out") {
  SpecimenSocialCard specimen;
  specimen.id_number = "110105194912310021";
  SocialCardModel wrong_check(specimen);
  CHECK(value(read_model(wrong_check), SocialField::id_number) == "<card.bad_number>");
  CHECK_FALSE(read_model(wrong_check).has_person());
  specimen = {};
  specimen.birth = "19491230";
  SocialCardModel wrong_birth(specimen);
  CHECK(value(read_model(wrong_birth), SocialField::id_number) == "<card.bad_number>");
  specimen = {};
  specimen.sex = "1";
  SocialCardModel wrong_sex(specimen);
  CHECK(value(read_model(wrong_sex), SocialField::id_number) == "<card.bad_number>");
  specimen.sex = "9";
  SocialCardModel no_sex(specimen);
  CHECK(value(read_model(no_sex), SocialField::id_number) == "11010519491231002X");
}

TEST_CASE("records are read by their format") {
  CHECK(parsed(SocialField::card_number, "0709414243444546474849") == "ABCDEFGHI");
  CHECK(parsed(SocialField::card_number, "0709414243000000000000") == "ABC");
  CHECK(parsed(SocialField::card_number, "0703414243") == "ABC");
  CHECK(parsed(SocialField::card_number, "0709000000000000000000") == "<card.no_content>");
  CHECK(parsed(SocialField::card_number, "0709ffffffffffffffffff") == "<card.no_content>");
  CHECK(parsed(SocialField::card_number, "0709410a43444546474849") == "<card.unreadable>");
  CHECK(parsed(SocialField::issued, "050420180301") == "20180301");
  CHECK(parsed(SocialField::issued, "050400000000") == "<card.no_content>");
  CHECK(parsed(SocialField::issued, "0504ffffffff") == "<card.no_content>");
  CHECK(parsed(SocialField::issued, "050420180230") == "<card.unreadable>");
  CHECK(parsed(SocialField::issued, "05042018030a") == "<card.unreadable>");
  CHECK(parsed(SocialField::issued, "0503201803") == "<card.unreadable>");
  CHECK(parsed(SocialField::ethnicity, "0b0111") == "11");
  CHECK(parsed(SocialField::ethnicity, "0b01ff") == "<card.no_content>");
  CHECK(parsed(SocialField::ethnicity, "0b011a") == "<card.unreadable>");
  CHECK(parsed(SocialField::sex, "0a0131") == "1");
  CHECK(parsed(SocialField::sex, "0a0137") == "<card.unreadable>");
  CHECK(parsed(SocialField::name, "0906d5d4d0e3c0bc") == "赵秀兰");
  CHECK(parsed(SocialField::name,
               "0908"
               "d5d4d0e3"
               "8139ef30") == "赵秀㐁");
  CHECK(parsed(SocialField::name, "0903d5d4ff") == "赵");
  CHECK(parsed(SocialField::name, "0904d5d481d4") != "<card.no_content>");
  CHECK(parsed(SocialField::name, "0903d5d4d0") == "<card.unreadable>");
  CHECK(parsed(SocialField::name, "0903d5d407") == "<card.unreadable>");
  CHECK(parsed(SocialField::name, "0900") == "<card.no_content>");
  CHECK(parsed(SocialField::id_number, "080f313130313035343931323331303032") == "11010519491231002X");
}

TEST_CASE("records of another id or another length are refused") {
  for (const std::string_view record : {"", "07", "0809414243444546474849", "0708414243444546474849",
                                        "070a414243444546474849", "070a41424344454647484950", "0709"}) {
    CAPTURE(record);
    CHECK(parsed(SocialField::card_number, record) == "<card.unreadable>");
  }
}

TEST_CASE("a card taken away at any moment ends the reading, and nothing of it stays") {
  for (const SocialVariant variant :
       {SocialVariant::open, SocialVariant::short_file_id, SocialVariant::payment}) {
    SocialCardModel model({}, variant);
    DirectCard whole(model);
    (void)read_ok(whole);
    REQUIRE(whole.exchange_count() > 10);
    for (int at = 0; at < whole.exchange_count(); ++at) {
      DirectCard card(model);
      card.remove_at(at);
      const auto read = read_social_card(card);
      REQUIRE_FALSE(read.ok());
      CHECK(read.error().code == "card.removed");
      DirectCard again(model);
      CHECK(read_ok(again).has_person());
    }
  }
}

TEST_CASE("fields have names") {
  CHECK(social_field_name(SocialField::identification) == "identification");
  CHECK(social_field_name(SocialField::birth) == "birth");
  CHECK(social_rows().size() == social_field_count);
  std::size_t index = 0;
  for (const SocialRow& row : social_rows()) CHECK(static_cast<std::size_t>(row.field) == index++);
}

}  // namespace bianmin::card

#include "drivers/card/sdt/text_block.hpp"

#include "drivers/card/ethnicity.hpp"
#include "drivers/card/foreigner_number.hpp"
#include "drivers/emulator/specimen_card.hpp"
#include "tests/catch.hpp"

namespace bianmin::card {

namespace {

using emulator::SpecimenCard;

IdCard read(std::string_view name) {
  const auto card = parse_text_block(emulator::specimen_card(name)->text_block());
  INFO(name << ": " << (card ? "" : card.error().text()));
  REQUIRE(card.ok());
  return *card;
}

// The code that a specimen gives after a change to it.
template <typename Change>
std::string_view code_of(std::string_view name, Change change) {
  SpecimenCard card = *emulator::specimen_card(name);
  change(card);
  const auto parsed = parse_text_block(card.text_block());
  return parsed ? std::string_view("ok") : parsed.error().code;
}

}  // namespace

TEST_CASE("a resident's card is read field by field") {
  const IdCard card = read("farmer");
  CHECK(card.kind == CardKind::resident);
  CHECK(card.name == "阿卜杜拉·买买提明");
  CHECK(ethnicity_name(card.ethnicity) == "维吾尔");
  CHECK(card.address == "某省某市某县青石镇柳河村三组17号");
  CHECK(card.issuer == "某县公安局");
  CHECK(card.valid_from == Date{2018, 3, 1});
  CHECK(card.valid_to == Date{2038, 3, 1});
  CHECK(card.nationality.empty());
  CHECK(card.english_name.empty());
  CHECK(card.permit_number.empty());
  CHECK_FALSE(read("grandma").valid_to.has_value());
}

TEST_CASE("a residence permit for Hong Kong, Macao and Taiwan is read field by field") {
  const IdCard card = read("hong-kong");
  CHECK(card.kind == CardKind::hong_kong_macao_taiwan);
  CHECK(card.name == "陈小明");
  CHECK(card.sex == '2');
  CHECK(card.birth == Date{1994, 8, 23});
  CHECK(card.address == "某省某市某区江边路8号");
  CHECK(card.number == "810000199408230021");
  CHECK(card.issuer == "某市公安局");
  CHECK(card.permit_number == "H12345678");
  CHECK(card.issue_count == "01");
  CHECK(card.ethnicity.empty());
}

TEST_CASE("a foreigner's card of 2017 is read field by field") {
  const IdCard card = read("foreigner-2017");
  CHECK(card.kind == CardKind::foreigner_2017);
  CHECK(card.english_name == "SMITH, JOHN ALEXANDER");
  CHECK(card.name == "史密斯");
  CHECK(card.sex == '1');
  CHECK(card.nationality == "CAN");
  CHECK(card.number == "CAN110081080310");
  CHECK(card.birth == Date{1981, 8, 3});
  CHECK(card.valid_from == Date{2018, 9, 1});
  CHECK(card.valid_to == Date{2028, 8, 31});
  CHECK(card.address.empty());
  CHECK(card.issuer.empty());
}

TEST_CASE("a foreigner's card of 2023 is read field by field, its name put together") {
  const IdCard card = read("foreigner-2023");
  CHECK(card.kind == CardKind::foreigner_2023);
  CHECK(card.english_name == "ALI MUHAMMAD ABDUL RAHMAN KHAN SHAHZAD GUL");
  CHECK(card.name == "阿里");
  CHECK(card.nationality == "PAK");
  CHECK(card.number == "931586198001010028");
  CHECK(card.former_number == "PAK310080010116");
  CHECK(parse_foreigner_number(card.former_number).ok());
  CHECK(card.issue_count == "01");
  CHECK(display_name(card) == "阿里");
  const IdCard first = read("foreigner-2023-first");
  CHECK(first.former_number.empty());
  CHECK(first.name.empty());
  CHECK(display_name(first) == "ALI SARA");
}

TEST_CASE("a long name may break anywhere, also at a space") {
  SpecimenCard card = *emulator::specimen_card("foreigner-2023");
  for (std::size_t length = 1; length <= 46; ++length) {
    for (const std::size_t space : {length / 2, std::size_t{34}, std::size_t{35}}) {
      card.english_name = std::string(length, 'A');
      if (space > 0 && space + 1 < length) card.english_name[space] = ' ';
      CHECK(parse_text_block(card.text_block())->english_name == card.english_name);
    }
  }
}

TEST_CASE("text blocks that cannot be are refused") {
  CHECK(code_of("grandma", [](SpecimenCard&) {}) == "ok");
  CHECK(code_of("grandma", [](SpecimenCard& card) { card.mark = '?'; }) == "card.not_accepted");
  CHECK(code_of("grandma", [](SpecimenCard& card) { card.name = ""; }) == "card.unreadable");
  CHECK(code_of("grandma", [](SpecimenCard& card) { card.name = "赵\x01"; }) == "card.unreadable");
  CHECK(code_of("grandma", [](SpecimenCard& card) { card.sex = "7"; }) == "card.unreadable");
  CHECK(code_of("grandma", [](SpecimenCard& card) { card.ethnicity = "0x"; }) == "card.unreadable");
  CHECK(code_of("grandma", [](SpecimenCard& card) { card.ethnicity = ""; }) == "card.unreadable");
  CHECK(code_of("grandma", [](SpecimenCard& card) { card.birth = "1949123"; }) == "card.unreadable");
  CHECK(code_of("grandma", [](SpecimenCard& card) { card.valid_to = "长"; }) == "card.unreadable");
  CHECK(code_of("grandma", [](SpecimenCard& card) { card.valid_to = "20180228"; }) == "card.unreadable");
  CHECK(code_of("grandma", [](SpecimenCard& card) { card.valid_from = "19480101"; }) == "card.unreadable");
  CHECK(code_of("hong-kong", [](SpecimenCard& card) { card.permit_number = ""; }) == "card.unreadable");
  CHECK(code_of("foreigner-2017", [](SpecimenCard& card) { card.english_name = ""; }) == "card.unreadable");
  CHECK(code_of("foreigner-2017", [](SpecimenCard& card) { card.nationality = "CA"; }) == "card.unreadable");
  CHECK(code_of("foreigner-2023", [](SpecimenCard& card) { card.nationality = "12A"; }) == "card.unreadable");
  Bytes block = emulator::specimen_card("grandma")->text_block();
  block[1] = 0xD8;  // half a surrogate pair
  CHECK(parse_text_block(block).error().code == "card.unreadable");
  CHECK(parse_text_block(ByteView(block).first(255)).error().code == "card.unreadable");
  block[249] = 1;
  CHECK(card_kind(block) == CardKind::unknown);
}

TEST_CASE("a number that contradicts the card is refused, on each kind") {
  CHECK(code_of("grandma", [](SpecimenCard& card) { card.birth = "19491230"; }) == "card.bad_number");
  CHECK(code_of("grandma", [](SpecimenCard& card) { card.sex = "1"; }) == "card.bad_number");
  CHECK(code_of("grandma", [](SpecimenCard& card) { card.sex = "9"; }) == "ok");
  CHECK(code_of("grandma", [](SpecimenCard& card) { card.number = "11010519491231002"; }) ==
        "card.bad_number");
  CHECK(code_of("hong-kong", [](SpecimenCard& card) { card.sex = "1"; }) == "card.bad_number");
  CHECK(code_of("hong-kong", [](SpecimenCard& card) { card.birth = "19940824"; }) == "card.bad_number");
  CHECK(code_of("foreigner-2017", [](SpecimenCard& card) { card.nationality = "USA"; }) == "card.bad_number");
  CHECK(code_of("foreigner-2017", [](SpecimenCard& card) { card.birth = "19810804"; }) == "card.bad_number");
  CHECK(code_of("foreigner-2017", [](SpecimenCard& card) { card.number.back() = '1'; }) == "card.bad_number");
  CHECK(code_of("foreigner-2023", [](SpecimenCard& card) { card.birth = "19800102"; }) == "card.bad_number");
  CHECK(code_of("foreigner-2023", [](SpecimenCard& card) { card.number.back() = '7'; }) == "card.bad_number");
  CHECK(code_of("foreigner-2023", [](SpecimenCard& card) { card.former_link = "0"; }) == "card.bad_number");
  CHECK(code_of("foreigner-2023", [](SpecimenCard& card) { card.former_link = "A01"; }) == "card.bad_number");
  // A foreigner's number on a resident's card, and the other way round.
  CHECK(code_of("grandma", [](SpecimenCard& card) {
          card.number = "931586198001010028";
          card.birth = "19800101";
        }) == "card.bad_number");
  CHECK(code_of("foreigner-2023", [](SpecimenCard& card) {
          card.number = "810000199408230021";
          card.birth = "19940823";
        }) == "card.bad_number");
}

TEST_CASE("the number of 15 characters is checked") {
  const auto number = parse_foreigner_number("CAN110081080310");
  REQUIRE(number.ok());
  CHECK(number->nationality == "CAN");
  CHECK(number->birth == "810803");
  CHECK(foreigner_check_character("CAN11008108031") == '0');
  CHECK(foreigner_check_character("CAN1100810803") == '\0');
  CHECK(foreigner_check_character("can11008108031") == '\0');
  CHECK(parse_foreigner_number("").error().code == "id.bad_length");
  CHECK(parse_foreigner_number("C1N110081080310").error().code == "id.bad_character");
  CHECK(parse_foreigner_number("CANA10081080310").error().code == "id.bad_character");
  CHECK(parse_foreigner_number("CAN11008108031A").error().code == "id.bad_character");
  CHECK(parse_foreigner_number("CAN11008102301A").error().code == "id.bad_character");
  CHECK(parse_foreigner_number("CAN110081023010").error().code == "id.bad_birth");
  for (char digit = '1'; digit <= '9'; ++digit) {
    CHECK(parse_foreigner_number(std::string("CAN11008108031") + digit).error().code == "id.bad_check_digit");
  }
}

TEST_CASE("the number before the one of 2023 is put together") {
  CHECK(*former_foreigner_number("931586198001010028", "PAK", "001") == "PAK310080010116");
  CHECK(former_foreigner_number("93158619800101002", "PAK", "001").error().code == "id.bad_length");
  CHECK(former_foreigner_number("931586198001010028", "PK", "001").error().code == "id.bad_length");
  CHECK(former_foreigner_number("931586198001010028", "PAK", "0a1").error().code == "id.bad_character");
}

TEST_CASE("every single byte of a block may be anything") {
  for (const auto* name : {"grandma", "hong-kong", "foreigner-2017", "foreigner-2023"}) {
    const Bytes right = emulator::specimen_card(name)->text_block();
    for (std::size_t at = 0; at < right.size(); ++at) {
      for (const int value : {0x00, 0x20, 0x39, 0x4A, 0x7F, 0xD8, 0xFF}) {
        Bytes wrong = right;
        wrong[at] = static_cast<std::uint8_t>(value);
        const auto parsed = parse_text_block(wrong);
        if (parsed) CHECK_FALSE(display_name(*parsed).empty());
      }
    }
  }
}

TEST_CASE("the further address is text without its padding") {
  CHECK(*parse_further_address(emulator::specimen_card("grandma")->further_address_block()) ==
        "某省某市某县青石镇敬老院2号楼");
  CHECK(parse_further_address(emulator::specimen_card("farmer")->further_address_block())->empty());
  CHECK(parse_further_address(Bytes(69)).error().code == "card.unreadable");
  CHECK(parse_further_address(Bytes(70)).error().code == "card.unreadable");
}

}  // namespace bianmin::card

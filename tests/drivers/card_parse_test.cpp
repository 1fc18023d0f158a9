#include "drivers/card/ethnicity.hpp"
#include "drivers/card/id_number.hpp"
#include "drivers/card/sdt/sdt_frame.hpp"
#include "drivers/card/sdt/sdt_link.hpp"
#include "drivers/card/sdt/sdt_status.hpp"
#include "drivers/card/sdt/text_block.hpp"
#include "drivers/emulator/card_reader_model.hpp"
#include "tests/catch.hpp"

namespace bianmin::card {

namespace {

Bytes hex(std::string_view text) {
  auto bytes = from_hex(text);
  REQUIRE(bytes.ok());
  return *bytes;
}

}  // namespace

TEST_CASE("requests are the published frames") {
  CHECK(to_hex(encode_sdt(sdt_read_sam_id)) == "aaaaaa9669000312ffee");
  CHECK(to_hex(encode_sdt({0x10, 0xFF})) == "aaaaaa9669000310ffec");
  CHECK(to_hex(encode_sdt({0x11, 0xFF})) == "aaaaaa9669000311ffed");
  CHECK(to_hex(encode_sdt(sdt_find_card)) == "aaaaaa96690003200122");
  CHECK(to_hex(encode_sdt(sdt_select_card)) == "aaaaaa96690003200221");
  CHECK(to_hex(encode_sdt(sdt_read_text_photo)) == "aaaaaa96690003300132");
  CHECK(to_hex(encode_sdt({0x30, 0x10})) == "aaaaaa96690003301023");
  CHECK(to_hex(encode_sdt({0x30, 0x03})) == "aaaaaa96690003300330");
}

TEST_CASE("published replies decode, in pieces of every size") {
  const auto [frame, third, data] = GENERATE(table<std::string, int, std::string>({
      {"aaaaaa9669000800009f0000000097", 0x9F, "00000000"},
      {"aaaaaa9669000400008084", 0x80, ""},
      {"aaaaaa9669000c00009000000000000000009c", 0x90, "0000000000000000"},
      {"aaaaaa9669000400008185", 0x81, ""},
      {"aaaaaa9669000400004145", 0x41, ""},
  }));
  const Bytes bytes = hex(frame);
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    SdtDecoder decoder;
    for (std::size_t at = 0; at < bytes.size(); at += size) {
      const ByteView piece = ByteView(bytes).subspan(at, std::min(size, bytes.size() - at));
      CHECK(decoder.missing() <= bytes.size() - at);
      CHECK(decoder.push(piece) == piece.size());
    }
    REQUIRE(decoder.state() == SdtDecoder::State::complete);
    const SdtReply reply = decoder.take();
    CHECK(int{reply.status[2]} == third);
    CHECK(to_hex(reply.data) == data);
    CHECK(decoder.state() == SdtDecoder::State::preamble);
  }
}

TEST_CASE("noise before a frame is skipped, bytes after it are left") {
  SdtDecoder decoder;
  const Bytes bytes = hex("00aa96aaaaaaaa9669000400008084ffff");
  CHECK(decoder.push(bytes) == bytes.size() - 2);
  CHECK(decoder.state() == SdtDecoder::State::complete);
}

TEST_CASE("broken frames are seen") {
  const auto [frame, state] = GENERATE(table<std::string, SdtDecoder::State>({
      {"aaaaaa9669000400008085", SdtDecoder::State::bad_checksum},
      {"aaaaaa9669000400018084", SdtDecoder::State::bad_checksum},
      {"aaaaaa96690003", SdtDecoder::State::bad_length},
      {"aaaaaa9669ffff", SdtDecoder::State::bad_length},
      {"aaaaaa9669000400", SdtDecoder::State::body},
      {"5566", SdtDecoder::State::preamble},
  }));
  SdtDecoder decoder;
  (void)decoder.push(hex(frame));
  CHECK(decoder.state() == state);
}

TEST_CASE("any bytes at all are survived") {
  std::uint32_t random = 1;
  for (int round = 0; round < 2'000; ++round) {
    Bytes bytes = {0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x06};
    for (int i = 0; i < 20; ++i) {
      random = random * 1'664'525U + 1'013'904'223U;
      bytes.push_back(static_cast<std::uint8_t>(random >> 24U));
    }
    bytes[static_cast<std::size_t>(round) % 7] ^= static_cast<std::uint8_t>(round % 3);
    SdtDecoder decoder;
    CHECK(decoder.push(bytes) <= bytes.size());
    (void)decoder.take();
    CHECK_FALSE(split_contents(bytes).ok());
  }
}

TEST_CASE("an answer to 30 01 is split by its own lengths") {
  Bytes data = {1, 0, 4, 0};
  data.resize(4 + 256 + 1'024);
  REQUIRE(split_contents(data).ok());
  CHECK(split_contents(data)->photo.size() == 1'024);
  data.pop_back();
  CHECK(split_contents(data).error().code == "card.unreadable");
}

TEST_CASE("every status has a meaning") {
  CHECK(sdt_status(0x90).meaning == SdtMeaning::good);
  CHECK(sdt_status(0x9F).meaning == SdtMeaning::good);
  CHECK(sdt_status(0x80).meaning == SdtMeaning::no_card);
  CHECK(sdt_status(0x41).meaning == SdtMeaning::card_failed);
  CHECK(sdt_status(0x40).code == "card.not_accepted");
  CHECK(sdt_status(0x66).meaning == SdtMeaning::reader_failed);
  CHECK(sdt_status(0x10).meaning == SdtMeaning::link_failed);
  CHECK(sdt_status(0x91).meaning == SdtMeaning::nothing_there);
  CHECK(sdt_status(0x55).code == "card.unreadable");
  for (int byte = 0; byte < 256; ++byte)
    CHECK_FALSE(sdt_status(static_cast<std::uint8_t>(byte)).code.empty());
}

TEST_CASE("the families of readers are told apart by their endpoints") {
  usb::InterfaceInfo interface;
  const auto bulk = usb::EndpointKind::bulk;
  interface.endpoints = {{0x85, bulk, 64}, {0x81, bulk, 64}, {0x06, bulk, 64}, {0x02, bulk, 64}};
  const auto split = sdt_endpoints(interface);
  REQUIRE(split.has_value());
  CHECK(split->split());
  CHECK(split->header_out == 0x02);
  CHECK(split->body_out == 0x06);
  CHECK(split->header_in == 0x81);
  CHECK(split->body_in == 0x85);
  interface.endpoints = {{0x81, usb::EndpointKind::interrupt, 64}, {0x02, bulk, 64}};
  CHECK_FALSE(sdt_endpoints(interface)->split());
  interface.endpoints = {{0x81, bulk, 64}};
  CHECK_FALSE(sdt_endpoints(interface).has_value());
}

TEST_CASE("identity numbers are checked") {
  const auto number = parse_id_number("11010519491231002x");
  REQUIRE(number.ok());
  CHECK(number->text == "11010519491231002X");
  CHECK(number->region == "110105");
  CHECK(number->birth == Date{1949, 12, 31});
  CHECK(number->sex == '2');
  CHECK(parse_id_number("440524188001010014")->sex == '1');
  CHECK(parse_id_number("931586198001010028").ok());
  CHECK(parse_id_number("").error().code == "id.bad_length");
  CHECK(parse_id_number("110105491231002").error().code == "id.bad_length");
  CHECK(parse_id_number("1101051949123100X2").error().code == "id.bad_character");
  CHECK(parse_id_number("11010519491231002Y").error().code == "id.bad_character");
  CHECK(parse_id_number("11010519490231002X").error().code == "id.bad_birth");
  CHECK(parse_id_number("110105194912310021").error().code == "id.bad_check_digit");
}

TEST_CASE("each wrong digit and each swap of neighbours is found") {
  const std::string right = "440524188001010014";
  for (std::size_t i = 0; i < right.size(); ++i) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string wrong = right;
      wrong[i] = digit;
      CHECK(parse_id_number(wrong).ok() == (wrong == right));
    }
    if (i + 1 == right.size()) break;
    std::string swapped = right;
    std::swap(swapped[i], swapped[i + 1]);
    CHECK(parse_id_number(swapped).ok() == (swapped == right));
  }
}

TEST_CASE("old numbers of 15 digits become numbers of 18") {
  const auto number = id_number_from_15("110105491231002");
  REQUIRE(number.ok());
  CHECK(number->text == "11010519491231002X");
  CHECK(id_number_from_15("11010549123100X").error().code == "id.bad_character");
  CHECK(id_number_from_15("110105").error().code == "id.bad_length");
  CHECK(id_number_from_15("110105491331002").error().code == "id.bad_birth");
  CHECK(id_check_character("1101051949123100") == '\0');
}

TEST_CASE("the text block is read field by field") {
  const auto specimen = emulator::specimen_card("farmer");
  REQUIRE(specimen.has_value());
  const Bytes block = specimen->text_block();
  REQUIRE(block.size() == text_block_byte_count);
  const auto card = parse_text_block(block);
  REQUIRE(card.ok());
  CHECK(card->name == "阿卜杜拉·买买提明");
  CHECK(ethnicity_name(card->ethnicity) == "维吾尔");
  CHECK(card->address == "某省某市某县青石镇柳河村三组17号");
  CHECK(card->issuer == "某县公安局");
  CHECK(card->valid_from == Date{2018, 3, 1});
  CHECK(card->valid_to == Date{2038, 3, 1});
}

TEST_CASE("text blocks that cannot be are refused") {
  const auto with = [](auto change) {
    auto card = *emulator::specimen_card("grandma");
    change(card);
    const auto parsed = parse_text_block(card.text_block());
    return parsed ? std::string_view("ok") : parsed.error().code;
  };
  using emulator::SpecimenCard;
  CHECK(with([](SpecimenCard&) {}) == "ok");
  CHECK(with([](SpecimenCard& card) { card.kind = 'I'; }) == "card.not_accepted");
  CHECK(with([](SpecimenCard& card) { card.kind = 'Y'; }) == "card.not_accepted");
  CHECK(with([](SpecimenCard& card) { card.kind = '?'; }) == "card.not_accepted");
  CHECK(with([](SpecimenCard& card) { card.name = ""; }) == "card.unreadable");
  CHECK(with([](SpecimenCard& card) { card.sex = "7"; }) == "card.unreadable");
  CHECK(with([](SpecimenCard& card) { card.birth = "1949123"; }) == "card.unreadable");
  CHECK(with([](SpecimenCard& card) { card.valid_to = "长"; }) == "card.unreadable");
  CHECK(with([](SpecimenCard& card) { card.birth = "19491230"; }) == "card.bad_number");
  CHECK(with([](SpecimenCard& card) { card.sex = "1"; }) == "card.bad_number");
  CHECK(with([](SpecimenCard& card) { card.number = "11010519491231002"; }) == "card.bad_number");
  Bytes block = emulator::specimen_card("grandma")->text_block();
  block[1] = 0xD8;  // half a surrogate pair
  CHECK(parse_text_block(block).error().code == "card.unreadable");
  CHECK(parse_text_block(ByteView(block).first(255)).error().code == "card.unreadable");
}

TEST_CASE("ethnic groups have names") {
  CHECK(ethnicity_name("01") == "汉");
  CHECK(ethnicity_name("56") == "基诺");
  CHECK(ethnicity_name("97") == "其他");
  CHECK(ethnicity_name("00").empty());
  CHECK(ethnicity_name("57").empty());
  CHECK(ethnicity_name("1").empty());
  CHECK(ethnicity_name("ab").empty());
}

}  // namespace bianmin::card

#include <map>

#include "drivers/card/ethnicity.hpp"
#include "drivers/card/id_number.hpp"
#include "drivers/card/sdt/sdt_frame.hpp"
#include "drivers/card/sdt/sdt_link.hpp"
#include "drivers/card/sdt/sdt_status.hpp"
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
  CHECK(to_hex(encode_sdt(sdt_reset_sam)) == "aaaaaa9669000310ffec");
  CHECK(to_hex(encode_sdt(sdt_sam_status)) == "aaaaaa9669000311ffed");
  CHECK(to_hex(encode_sdt(sdt_read_management_id)) == "aaaaaa96690003300536");
  CHECK(to_hex(encode_sdt(sdt_find_card)) == "aaaaaa96690003200122");
  CHECK(to_hex(encode_sdt(sdt_select_card)) == "aaaaaa96690003200221");
  CHECK(to_hex(encode_sdt(sdt_read_text_photo)) == "aaaaaa96690003300132");
  CHECK(to_hex(encode_sdt(sdt_read_text_photo_fingerprints)) == "aaaaaa96690003301023");
  CHECK(to_hex(encode_sdt(sdt_read_further_address)) == "aaaaaa96690003300330");
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
    CHECK_FALSE(split_contents(bytes, round % 2 == 0).ok());
  }
}

TEST_CASE("answers to 30 01 and 30 10 are split by their own lengths") {
  Bytes data = {1, 0, 4, 0};
  data.resize(4 + 256 + 1'024);
  REQUIRE(split_contents(data, false).ok());
  CHECK(split_contents(data, false)->photo.size() == 1'024);
  CHECK(split_contents(data, false)->fingerprints.empty());
  CHECK_FALSE(split_contents(data, true).ok());
  data.pop_back();
  CHECK(split_contents(data, false).error().code == "reader.bad_frame");
  const std::size_t count = GENERATE(0U, 512U, 1'024U);
  Bytes more = {1, 0, 4, 0, static_cast<std::uint8_t>(count >> 8U), 0};
  more.resize(6 + 256 + 1'024 + count);
  REQUIRE(split_contents(more, true).ok());
  CHECK(split_contents(more, true)->fingerprints.size() == count);
}

TEST_CASE("lengths that no card has are refused") {
  const auto [text, photo, fingerprints] = GENERATE(table<std::size_t, std::size_t, std::size_t>(
      {{255, 1'024, 0}, {256, 0, 0}, {256, 1'024, 511}, {256, 1'024, 1'536}, {0, 0, 0}}));
  ByteWriter data;
  data.u16_be(static_cast<std::uint16_t>(text)).u16_be(static_cast<std::uint16_t>(photo));
  data.u16_be(static_cast<std::uint16_t>(fingerprints)).bytes(Bytes(text + photo + fingerprints));
  CHECK(split_contents(data.view(), true).error().code == "reader.bad_frame");
}

TEST_CASE("the module's id is printed as on its label") {
  CHECK(*sam_id_text(hex("05000300992635012a00000078563412")) == "05.03-20260505-0000000042-0305419896");
  CHECK(sam_id_text(hex("0500")).error().code == "reader.not_an_id_reader");
  CHECK_FALSE(sam_id_text(Bytes(17)).ok());
}

TEST_CASE("every status has a meaning, a code of its own and a remedy") {
  CHECK(sdt_status(0x90).meaning == SdtMeaning::good);
  CHECK(sdt_status(0x9F).meaning == SdtMeaning::good);
  const auto [byte, code, remedy] = GENERATE(table<int, std::string, Remedy>({
      {0x80, "card.removed", Remedy::ask_resident},
      {0x31, "card.module_not_trusted", Remedy::ask_resident},
      {0x32, "card.not_authenticated", Remedy::ask_resident},
      {0x33, "card.not_verified", Remedy::ask_resident},
      {0x40, "card.not_accepted", Remedy::ask_resident},
      {0x41, "card.unreadable", Remedy::ask_resident},
      {0x47, "card.no_random", Remedy::ask_resident},
      {0x81, "card.not_selected", Remedy::ask_resident},
      {0x91, "card.no_content", Remedy::ask_resident},
      {0x10, "reader.bad_checksum", Remedy::retry_later},
      {0x11, "reader.bad_length", Remedy::retry_later},
      {0x21, "reader.bad_command", Remedy::retry_later},
      {0x24, "reader.unknown_error", Remedy::retry_later},
      {0xFF, "reader.link", Remedy::retry_later},
      {0x23, "reader.no_authority", Remedy::call_staff},
      {0x60, "reader.self_test_failed", Remedy::call_staff},
      {0x66, "reader.not_authorised", Remedy::call_staff},
      {0x55, "card.unknown_status", Remedy::ask_resident},
  }));
  const Error error = sdt_error(sdt_read_text_photo, {{0, 0, static_cast<std::uint8_t>(byte)}, {}});
  CHECK(error.code == code);
  CHECK(error.remedy == remedy);
}

TEST_CASE("no two known statuses share a code") {
  std::map<std::string_view, int> bytes_of;
  for (int byte = 0; byte < 256; ++byte) ++bytes_of[sdt_status(static_cast<std::uint8_t>(byte)).code];
  CHECK(bytes_of.size() == 20);
  for (const auto& [code, count] : bytes_of) {
    INFO(code);
    CHECK(count == (code == "card.unknown_status" ? 256 - 19 : 1));
  }
}

TEST_CASE("the card's own status goes into the log's detail") {
  CHECK(sdt_error(sdt_select_card, {{0x6A, 0x82, 0x31}, {}}).detail == "command 2002 status 31 card 6a82");
  CHECK(sdt_error(sdt_find_card, {{0, 0, 0x66}, {}}).detail == "command 2001 status 66");
}

TEST_CASE("another try is worth it only when the card did not work this time") {
  for (const auto* code : {"card.unreadable", "card.not_selected", "card.module_not_trusted",
                           "card.no_content", "card.unknown_status"}) {
    CHECK(worth_another_try(code));
  }
  for (const auto* code :
       {"card.removed", "card.not_accepted", "card.bad_number", "reader.link", "card.ok"}) {
    CHECK_FALSE(worth_another_try(code));
  }
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

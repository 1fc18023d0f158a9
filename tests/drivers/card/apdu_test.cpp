#include "drivers/card/apdu.hpp"

#include "tests/catch.hpp"

namespace bianmin::card {

namespace {

std::string encoded(std::size_t data_count, std::optional<std::size_t> expected) {
  const auto bytes = encode_apdu({0x00, 0xA4, 0x04, 0x0C, SecretBytes(data_count, 0xDD), expected});
  return bytes ? to_hex(*bytes) : std::string(bytes.error().code);
}

std::string repeated(std::string_view byte, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += byte;
  return out;
}

}  // namespace

TEST_CASE("a command is written in the four cases, short") {
  CHECK(encoded(0, std::nullopt) == "00a4040c");
  CHECK(encoded(0, 1) == "00a4040c01");
  CHECK(encoded(0, 255) == "00a4040cff");
  CHECK(encoded(0, 256) == "00a4040c00");
  CHECK(encoded(2, std::nullopt) == "00a4040c02dddd");
  CHECK(encoded(2, 16) == "00a4040c02dddd10");
  CHECK(encoded(2, 256) == "00a4040c02dddd00");
  CHECK(encoded(255, std::nullopt) == "00a4040cff" + repeated("dd", 255));
}

TEST_CASE("a command is written in the four cases, extended, only where it must be") {
  CHECK(encoded(0, 257) == "00a4040c000101");
  CHECK(encoded(0, 65'536) == "00a4040c000000");
  CHECK(encoded(256, std::nullopt) == "00a4040c000100" + repeated("dd", 256));
  CHECK(encoded(256, 1) == "00a4040c000100" + repeated("dd", 256) + "0001");
  CHECK(encoded(1, 65'536) == "00a4040c000001dd0000");
  CHECK(encoded(65'535, 65'536).size() == 2 * (4 + 3 + 65'535 + 2));
}

TEST_CASE("a command that no form can say is refused") {
  CHECK(encoded(65'536, std::nullopt) == "card.too_long");
  CHECK(encoded(0, 65'537) == "card.too_long");
  CHECK(encoded(1, 0) == "card.too_long");
}

TEST_CASE("what was written is read again") {
  for (const std::size_t data_count : {0U, 1U, 255U, 256U, 65'535U}) {
    for (const std::optional<std::size_t> expected :
         {std::optional<std::size_t>(), {1}, {255}, {256}, {257}, {65'536}}) {
      SecretBytes data(data_count);
      for (std::size_t i = 0; i < data_count; ++i) data[i] = static_cast<std::uint8_t>(i * 7);
      const auto bytes = encode_apdu({0x80, 0xCA, 0x9F, 0x7F, data, expected});
      REQUIRE(bytes.ok());
      const auto command = decode_apdu(*bytes);
      REQUIRE(command.ok());
      CHECK(command->cla == 0x80);
      CHECK(command->ins == 0xCA);
      CHECK(command->p1 == 0x9F);
      CHECK(command->p2 == 0x7F);
      CHECK(command->data == data);
      if (data_count <= 255 || !expected || *expected != 256) CHECK(command->expected == expected);
    }
  }
}

TEST_CASE("commands whose lengths do not agree are refused") {
  for (const std::string_view text :
       {"", "00a404", "00a4040c02dd", "00a4040c02dddd1010", "00a4040c0001", "00a4040c000000dd",
        "00a4040c000002dd", "00a4040c000002dddd00", "00a4040c000002dddd000000"}) {
    const auto command = decode_apdu(*from_hex(text));
    CAPTURE(text);
    REQUIRE_FALSE(command.ok());
    CHECK(command.error().code == "apdu.malformed");
  }
}

TEST_CASE("an answer is data and a status") {
  const auto response = decode_response(*from_hex("0102036982"));
  REQUIRE(response.ok());
  CHECK(to_hex(response->data) == "010203");
  CHECK(response->status == 0x6982);
  CHECK(response->sw1() == 0x69);
  CHECK(response->sw2() == 0x82);
  CHECK_FALSE(response->good());
  CHECK(decode_response(*from_hex("9000"))->good());
  CHECK(decode_response(*from_hex("90")).error().code == "card.mute");
  CHECK(decode_response({}).error().code == "card.mute");
  CHECK(decode_response(Bytes(65'538)).ok());
  CHECK(decode_response(Bytes(65'539)).error().code == "card.mute");
}

}  // namespace bianmin::card

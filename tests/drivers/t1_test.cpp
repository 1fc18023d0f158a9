// T=1: blocks, and the host's half against a card's half that was written apart.
#include <numeric>

#include "drivers/card/apdu.hpp"
#include "drivers/card/ccid/t1_link.hpp"
#include "drivers/emulator/echo_card.hpp"
#include "drivers/emulator/t1_card.hpp"
#include "tests/catch.hpp"

namespace bianmin::card {

using emulator::EchoCard;
using emulator::T1Card;

namespace {

struct Line {
  explicit Line(std::size_t ifsc = 32, bool crc = false, std::size_t ifsd = 254)
      : card(emulator::atr_of_t1(static_cast<std::uint8_t>(ifsc), crc)),
        t1(ifsc, crc),
        link({ifsc, ifsd, crc},
             [this](ByteView block, std::uint8_t waiting) { return carry(block, waiting); }) {}

  Result<SecretBytes> carry(ByteView block, std::uint8_t waiting) {
    ++blocks;
    longest_wait = std::max(longest_wait, waiting);
    if (failing) return *failing;
    const auto answer = t1.answer(card, block);
    if (!answer) return Error{Remedy::ask_resident, "card.mute", "silence"};
    return SecretBytes(answer->begin(), answer->end());
  }
  Result<ResponseApdu> send(const CommandApdu& command) {
    const auto bytes = encode_apdu(command);
    REQUIRE(bytes.ok());
    auto answer = link.exchange(*bytes);
    if (!answer) return answer.error();
    return decode_response(*answer);
  }
  // Echoes so many bytes, which go out and come back.
  void echo(std::size_t count) {
    SecretBytes data(count);
    std::iota(data.begin(), data.end(), std::uint8_t{0});
    const auto response = send({0, 0xE0, 0, 0, data, 65'536});
    REQUIRE(response.ok());
    CHECK(response->data == data);
    CHECK(response->good());
  }

  EchoCard card;
  T1Card t1;
  T1Link link;
  int blocks = 0;
  std::uint8_t longest_wait = 0;
  std::optional<Error> failing;
};

SecretBytes secret_of_hex(std::string_view hex) {
  const Bytes bytes = *from_hex(hex);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("blocks have their bytes and checks") {
  T1Block block;
  block.sequence = true;
  block.more = true;
  block.information = {0x00, 0xA4};
  CHECK(encode_t1(block, false) == secret_of_hex("006002"
                                                 "00a4"
                                                 "c6"));
  T1Block ready;
  ready.kind = T1Kind::receive_ready;
  ready.sequence = true;
  ready.error = T1Error::check;
  CHECK(encode_t1(ready, false) == secret_of_hex("00910091"));
  T1Block ifs;
  ifs.kind = T1Kind::supervision;
  ifs.supervision = T1Supervision::ifs;
  ifs.information = {0xFE};
  CHECK(encode_t1(ifs, false) == secret_of_hex("00c101fe3e"));
  CHECK(t1_crc(view_of("123456789")) == 0x906E);
}

TEST_CASE("every block comes back as it was, under both checks") {
  for (const bool crc : {false, true}) {
    for (int pcb = 0; pcb < 256; ++pcb) {
      Bytes raw = {0, static_cast<std::uint8_t>(pcb), 0};
      const bool with_value = (pcb & 0xC0) == 0xC0 && ((pcb & 3) == 1 || (pcb & 3) == 3);
      if (with_value) {
        raw[2] = 1;
        raw.push_back(9);
      }
      if (crc) {
        const std::uint16_t check = t1_crc(raw);
        raw.push_back(static_cast<std::uint8_t>(check));
        raw.push_back(static_cast<std::uint8_t>(check >> 8U));
      } else {
        std::uint8_t sum = 0;
        for (const std::uint8_t byte : raw) sum ^= byte;
        raw.push_back(sum);
      }
      const auto block = decode_t1(raw, crc);
      if (block) {
        CHECK(encode_t1(*block, crc) == SecretBytes(raw.begin(), raw.end()));
      } else {
        CHECK(block.error().code == "t1.bad_block");
      }
      raw.back() ^= 0x10U;
      CHECK(decode_t1(raw, crc).error().code == "t1.bad_check");
    }
  }
  for (const std::string_view bad : {"", "00", "000000", "00000100", "0000029000"}) {
    CHECK_FALSE(decode_t1(*from_hex(bad), false).ok());
  }
}

TEST_CASE("commands and answers of every length are chained both ways") {
  const auto ifsc = GENERATE(std::size_t{1}, std::size_t{32}, std::size_t{254});
  const bool crc = GENERATE(false, true);
  Line line(ifsc, crc);
  REQUIRE(line.link.announce_ifsd().ok());
  CHECK(line.t1.ifsd() == 254);
  for (const std::size_t count : {1U, 31U, 32U, 33U, 253U, 254U, 255U, 256U, 600U, 2'000U}) line.echo(count);
  CHECK(line.t1.longest_block() <= ifsc);
  CHECK(line.send({0, 0xA4, 0, 0})->good());
  CHECK(line.t1.resynch_count() == 0);
}

TEST_CASE("the longest answer there is") {
  Line line(254);
  REQUIRE(line.link.announce_ifsd().ok());
  const auto response = line.send({0, 0xCA, 0xFF, 0xFF, {}, 65'536});
  REQUIRE(response.ok());
  CHECK(response->data.size() == 65'536);
  line.echo(65'000);
}

TEST_CASE("damaged and missing blocks are repeated") {
  Line line;
  const int faults = GENERATE(1, 2, 3);
  line.t1.spoil_check(faults);
  line.echo(100);
  line.t1.stay_silent(faults);
  line.echo(100);
  line.t1.ask_repeats(faults);
  line.echo(100);
  CHECK(line.t1.resynch_count() == 0);
}

TEST_CASE("a card that is not understood any more is brought back, and the command fails") {
  Line line;
  line.echo(40);
  line.t1.spoil_check(4);
  CHECK(line.send({0, 0xE0, 0, 0, SecretBytes(100), 256}).error().code == "card.mute");
  CHECK(line.t1.resynch_count() == 1);
  line.echo(100);
  line.t1.stay_silent(1'000);
  line.blocks = 0;
  CHECK(line.send({0, 0xA4, 0, 0}).error().code == "card.mute");
  CHECK(line.blocks == 1 + T1Link::errors_max + T1Link::resynchs_max);
}

TEST_CASE("a card may ask for time as often as it likes, and for other block lengths") {
  Line line;
  line.t1.ask_time(20, 7);
  line.echo(100);
  CHECK(line.longest_wait == 7);
  line.t1.change_ifsc(10);
  line.echo(10);
  line.echo(300);
}

TEST_CASE("a card that gives up is told so, and the next command works") {
  Line line;
  line.t1.give_up_next();
  CHECK(line.send({0, 0xE0, 0, 0, SecretBytes(100), 256}).error().code == "card.mute");
  line.echo(100);
}

TEST_CASE("what ends the carrier ends the exchange at once") {
  Line line;
  line.failing = Error{Remedy::ask_resident, "card.removed", "gone"};
  CHECK(line.send({0, 0xA4, 0, 0}).error().code == "card.removed");
  CHECK(line.blocks == 1);
  CHECK(line.link.announce_ifsd().error().code == "card.removed");
}

TEST_CASE("a block that a reader makes by itself keeps the numbers right") {
  Line line;
  line.echo(5);
  Bytes block = line.link.prologue(5);
  append(block, *from_hex("00a4040000"));
  std::uint8_t sum = 0;
  for (const std::uint8_t byte : block) sum ^= byte;
  block.push_back(sum);
  const auto from_card = line.t1.answer(line.card, block);
  REQUIRE(from_card.has_value());
  CHECK(line.link.take_single_answer(*from_card).ok());
  line.echo(5);
  CHECK(line.link.take_single_answer(*from_hex("00")).error().code == "card.mute");
  line.echo(5);
}

}  // namespace bianmin::card

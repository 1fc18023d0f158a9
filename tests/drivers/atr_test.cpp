#include "drivers/card/ccid/atr.hpp"

#include "drivers/emulator/echo_card.hpp"
#include "tests/catch.hpp"

namespace bianmin::card {

namespace {

Result<Atr> atr_of(std::string_view hex) { return parse_atr(*from_hex(hex)); }

}  // namespace

TEST_CASE("ATRs of cards in use are read") {
  SECTION("Estonian identity card of 2018") {
    const auto atr = atr_of("3BDB960080B1FE451F830012233F536549440F9000F1");
    REQUIRE(atr.ok());
    CHECK(atr->protocols == std::vector<int>{0, 1});
    CHECK(atr->speed == 0x96);
    CHECK(atr->extra_guard == 0);
    CHECK(atr->ifsc == 0xFE);
    CHECK(atr->bwi == 4);
    CHECK(atr->cwi == 5);
    CHECK(atr->historical.size() == 11);
    CHECK(atr->quirks == 0);
    CHECK_FALSE(atr->fixed_protocol);
  }
  SECTION("Estonian identity card of 2025") {
    const auto atr = atr_of("3BFF9600008031FE438031B85365494464B085051012233F1D");
    REQUIRE(atr.ok());
    CHECK(atr->protocols == std::vector<int>{0, 1});
    CHECK(atr->historical.size() == 15);
    CHECK(atr->quirks == 0);
  }
  SECTION("CardOS V4.3B: T=1 alone, work waiting time of T=0 in the second group") {
    const auto atr = atr_of("3BF2180002C10A31FE58C80874");
    REQUIRE(atr.ok());
    CHECK(atr->protocols == std::vector<int>{1});
    CHECK(atr->speed == 0x18);
    CHECK(atr->extra_guard == 2);
    CHECK(atr->waiting_t0 == 10);
    CHECK(atr->ifsc == 0xFE);
    CHECK(atr->bwi == 5);
    CHECK(atr->cwi == 8);
    CHECK(atr->historical == Bytes{0xC8, 0x08});
    CHECK(atr->quirks == 0);
  }
  SECTION("T=0 alone has no check byte") {
    const auto atr = atr_of("3B0700112233445566");
    REQUIRE(atr.ok());
    CHECK(atr->protocols == std::vector<int>{0});
    CHECK(atr->quirks == 0);
    CHECK(atr->speed == default_speed);
  }
  SECTION("inverse convention") {
    CHECK(atr_of("3F00")->inverse);
    CHECK_FALSE(atr_of("3B00")->inverse);
  }
}

TEST_CASE("specific mode fixes the protocol") {
  const auto fixed = parse_atr(*from_hex("3B9011918131FE4500"));
  REQUIRE(fixed.ok());
  CHECK(fixed->fixed_protocol);
  CHECK(fixed->protocols == std::vector<int>{1});
  CHECK_FALSE(fixed->fixed_can_change);
  CHECK_FALSE(fixed->implicit_parameters);
  const auto implicit = parse_atr(*from_hex("3B9011111100"));
  REQUIRE(implicit.ok());
  CHECK(implicit->fixed_protocol);
  CHECK(implicit->implicit_parameters);
  CHECK(implicit->fixed_can_change);
}

TEST_CASE("what cards do wrong with their check byte is named, not refused") {
  Bytes good = emulator::atr_of_t1(0xFE, false);
  CHECK(parse_atr(good)->quirks == 0);
  Bytes wrong = good;
  wrong.back() ^= 0x01U;
  CHECK(parse_atr(wrong)->has(AtrQuirk::wrong_tck));
  Bytes missing = good;
  missing.pop_back();
  CHECK(parse_atr(missing)->has(AtrQuirk::missing_tck));
  CHECK(parse_atr(missing)->protocols == std::vector<int>{1});
  Bytes extra = good;
  extra.push_back(0);
  CHECK(parse_atr(extra)->has(AtrQuirk::extra_bytes));
  CHECK_FALSE(parse_atr(extra)->has(AtrQuirk::wrong_tck));
}

TEST_CASE("bytes that are no ATR are a mute card") {
  for (const std::string_view bad :
       {"", "3B", "0000", "3BFF", "3B97", "3B8080", "3B0700", "3C00", "3BF2180002C10A31"}) {
    INFO(bad);
    const auto atr = atr_of(bad);
    REQUIRE_FALSE(atr.ok());
    CHECK(atr.error().code == "card.mute");
  }
  CHECK(parse_atr(Bytes(34, 0x3B)).error().code == "card.mute");
  // Groups without end run out of bytes.
  Bytes endless(33, 0xF1);
  endless[0] = 0x3B;
  CHECK_FALSE(parse_atr(endless).ok());
}

TEST_CASE("T=15 speaks of the card as a whole") {
  const auto atr = atr_of(
      "3B80801F4358"
      "00");
  REQUIRE(atr.ok());
  CHECK(atr->protocols == std::vector<int>{0});
  CHECK(atr->voltage_classes == 0x03);
}

TEST_CASE("cards made for tests offer what they are named for") {
  CHECK(parse_atr(emulator::atr_of_t0())->protocols == std::vector<int>{0});
  CHECK(parse_atr(emulator::atr_of_both())->protocols == std::vector<int>{0, 1});
  const auto crc = parse_atr(emulator::atr_of_t1(0x20, true));
  CHECK(crc->crc);
  CHECK(crc->ifsc == 0x20);
  CHECK(parse_atr(emulator::atr_of_fast_t1(0x94))->speed == 0x94);
  for (const Bytes& atr : {emulator::atr_of_t0(), emulator::atr_of_both(), emulator::atr_of_fast_t1(0x18)}) {
    CHECK(parse_atr(atr)->quirks == 0);
  }
}

TEST_CASE("speeds are what the tables say") {
  CHECK(fi_of(0x11) == 372);
  CHECK(di_of(0x11) == 1);
  CHECK(fi_of(0x94) == 512);
  CHECK(di_of(0x94) == 8);
  CHECK(di_of(0x18) == 12);
  CHECK(rate_of(0x11, 4'000) == 10'752);
  CHECK(rate_of(0x94, 4'000) == 62'500);
  CHECK(rate_of(0x18, 4'000) == 129'032);
  CHECK(rate_of(0x70, 4'000) == 0);
  CHECK(rate_of(0x1F, 4'000) == 0);
}

TEST_CASE("waiting times follow the card and the clock") {
  Atr atr;
  CHECK(atr.waiting_ms(1, 3'720) == 1'536);
  atr.bwi = 9;
  CHECK(atr.waiting_ms(1, 3'720) == 49'152);
  atr.bwi = 15;
  CHECK(atr.waiting_ms(1, 3'720) == 49'152);
  CHECK(atr.waiting_ms(0, 3'720) == 960);
  CHECK(atr.waiting_ms(0, 0) == 3'571);
}

TEST_CASE("PPS is asked and agreed on byte for byte") {
  CHECK(encode_pps(1, 0x94) == Bytes{0xFF, 0x11, 0x94, 0x7A});
  CHECK(encode_pps(0, std::nullopt) == Bytes{0xFF, 0x00, 0xFF});
  const Bytes request = encode_pps(1, 0x94);
  bool kept_default = true;
  CHECK(pps_agreed(request, request, &kept_default));
  CHECK_FALSE(kept_default);
  CHECK(pps_agreed(request, Bytes{0xFF, 0x01, 0xFE}, &kept_default));
  CHECK(kept_default);
  CHECK_FALSE(pps_agreed(request, Bytes{0xFF, 0x00, 0xFF}, &kept_default));
  CHECK_FALSE(pps_agreed(request, Bytes{0xFF, 0x11, 0x95, 0x7B}, &kept_default));
  CHECK_FALSE(pps_agreed(request, Bytes{0xFF, 0x11, 0x94, 0x7B}, &kept_default));
  CHECK_FALSE(pps_agreed(request, {}, &kept_default));
}

TEST_CASE("parameters for the reader come from the ATR") {
  const auto both = atr_of("3BDB960080B1FE451F830012233F536549440F9000F1");
  CHECK(ccid_parameters(*both, 0, 0x96) == Bytes{0x96, 0x00, 0x00, 10, 0x00});
  CHECK(ccid_parameters(*both, 1, 0x96) == Bytes{0x96, 0x10, 0x00, 0x45, 0x00, 0xFE, 0x00});
  const auto inverse = atr_of("3F00");
  CHECK(ccid_parameters(*inverse, 0, default_speed)[1] == 0x02);
}

}  // namespace bianmin::card

#include "drivers/pad/key_strokes.hpp"

#include <algorithm>

#include "tests/catch.hpp"

namespace bianmin::pad {

namespace {

using Signals = std::vector<PadSignal>;

// The boot keyboard of the HID specification, appendix E.6.
const Bytes keyboard = {0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7, 0x15,
                        0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08,
                        0x81, 0x01, 0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91,
                        0x02, 0x95, 0x01, 0x75, 0x03, 0x91, 0x01, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00,
                        0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xC0};

// A pad with numbered reports: 1 is a keyboard's bits for four keys, 2 a consumer control of 16 bits.
const Bytes pad_of_bits = {0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x85, 0x01, 0x05, 0x07, 0x19, 0x4F, 0x29, 0x52,
                           0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x04, 0x81, 0x02, 0x95, 0x04, 0x81, 0x03,
                           0xC0, 0x05, 0x0C, 0x09, 0x01, 0xA1, 0x01, 0x85, 0x02, 0x19, 0x00, 0x2A, 0x9C, 0x00,
                           0x15, 0x00, 0x26, 0x9C, 0x00, 0x75, 0x10, 0x95, 0x01, 0x81, 0x00, 0xC0};

KeyStrokes strokes_of(const Bytes& descriptor, const KeyMap& map, std::int64_t double_strike_ms = 500) {
  return {hid::parse_report_descriptor(descriptor).value(), map, double_strike_ms};
}

Bytes down(std::initializer_list<std::uint8_t> keys) {
  Bytes report(8, 0);
  std::copy_n(keys.begin(), std::min(keys.size(), report.size() - 2), report.begin() + 2);
  return report;
}

std::string code_of(std::string_view text) {
  const auto map = parse_key_map(text);
  return map ? std::string() : std::string(map.error().code);
}

}  // namespace

TEST_CASE("a key map is read as a site writes it") {
  const auto map = parse_key_map("previous=52  next=51,4f confirm=28 help=c:95 headset_in=68 headset_out=69");
  REQUIRE(map.ok());
  CHECK(map->rows.size() == 7);
  CHECK(map->find(hid::usage(7, 0x4F)) == PadSignal::next);
  CHECK(map->find(hid::usage(0x0C, 0x95)) == PadSignal::help);
  CHECK(map->find(hid::usage(7, 0x69)) == PadSignal::headset_out);
  CHECK_FALSE(map->find(hid::usage(7, 0x95)).has_value());
  CHECK_FALSE(map->has(PadSignal::back));
  CHECK(code_of("next=2c confirm=28").empty());  // two switches
  for (const std::string_view bad :
       {"", "next=51", "confirm=28", "next=51 confirm", "next=51 confirm=", "next=51 confirm=zz",
        "next=51 confirm=51", "next=51 confirm=0", "next=51 confirm=12345", "next=51 confirm=28 jump=4",
        "next=51 confirm=28 help=:95", "next=51 confirm=28 help=c:", "next=51, confirm=28"}) {
    INFO(bad);
    CHECK(code_of(bad) == "pad.bad_key_map");
  }
}

TEST_CASE("the keys that nobody set are those of a keyboard") {
  const KeyMap map = default_key_map();
  CHECK(map.find(hid::usage(7, 0x2B)) == PadSignal::next);      // Tab
  CHECK(map.find(hid::usage(7, 0x52)) == PadSignal::previous);  // up
  CHECK(map.find(hid::usage(7, 0x2C)) == PadSignal::confirm);   // space
  CHECK(map.find(hid::usage(7, 0x29)) == PadSignal::back);      // Escape
  CHECK(map.find(hid::usage(7, 0x3A)) == PadSignal::help);      // F1
  CHECK_FALSE(map.has(PadSignal::headset_in));
  for (const PadKey key : {PadKey::previous, PadKey::next, PadKey::confirm, PadKey::back, PadKey::help})
    CHECK_FALSE(key_name(key).empty());
}

TEST_CASE("a key is told when it goes down, however long it is held") {
  KeyStrokes strokes = strokes_of(keyboard, default_key_map());
  REQUIRE(strokes.possible());
  CHECK(strokes.take(down({0x51}), 0) == Signals{PadSignal::next});
  for (int i = 1; i < 100; ++i) CHECK(strokes.take(down({0x51}), i * 40).empty());
  CHECK(strokes.take(down({}), 4'000).empty());
  CHECK(strokes.take(down({0x51}), 4'010) == Signals{PadSignal::next});
  CHECK(strokes.take(down({0x51, 0x28}), 4'020) == Signals{PadSignal::confirm});  // a second key
  CHECK(strokes.take(down({0x04, 0x05}), 4'030).empty());                         // letters
}

TEST_CASE("the same key again at once is a trembling hand, another key is not") {
  KeyStrokes strokes = strokes_of(keyboard, default_key_map());
  const auto tap = [&](std::uint8_t key, std::int64_t at_ms) {
    const Signals told = strokes.take(down({key}), at_ms);
    (void)strokes.take(down({}), at_ms + 10);
    return told.size();
  };
  CHECK(tap(0x28, 0) == 1);
  CHECK(tap(0x28, 200) == 0);
  CHECK(tap(0x28, 499) == 0);
  CHECK(tap(0x28, 500) == 1);
  CHECK(tap(0x51, 600) == 1);
  CHECK(tap(0x28, 700) == 1);
  KeyStrokes quick = strokes_of(keyboard, default_key_map(), 0);
  CHECK(quick.take(down({0x51}), 0).size() == 1);
  CHECK(quick.take(down({}), 1).empty());
  CHECK(quick.take(down({0x51}), 2).size() == 1);
}

TEST_CASE("a keyboard that cannot tell its keys apart says nothing") {
  KeyStrokes strokes = strokes_of(keyboard, default_key_map());
  CHECK(strokes.take(down({0x51}), 0).size() == 1);
  CHECK(strokes.take(down({1, 1, 1, 1, 1, 1}), 1'000).empty());
  CHECK(strokes.take(down({0x51}), 2'000).empty());  // it was down all the time
}

TEST_CASE("numbered reports, bits and the consumer page") {
  KeyStrokes strokes =
      strokes_of(pad_of_bits, parse_key_map("previous=52 next=51 confirm=4f help=c:95").value());
  CHECK(strokes.take(Bytes{1, 0x04}, 0) == Signals{PadSignal::next});
  CHECK(strokes.take(Bytes{2, 0x95, 0x00}, 0) == Signals{PadSignal::help});
  CHECK(strokes.take(Bytes{1, 0x0D}, 1'000) == Signals{PadSignal::confirm, PadSignal::previous});
  CHECK(strokes.take(Bytes{2, 0x00, 0x00}, 1'000).empty());
  CHECK(strokes.take(Bytes{2, 0x95, 0x00}, 1'000) == Signals{PadSignal::help});
}

TEST_CASE("a key that stands in two fields of a report is one key, and goes down once") {
  // One bit for the down arrow, and an array in which it can be named too.
  const Bytes twice = {0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x09, 0x51, 0x15, 0x00, 0x25,
                       0x01, 0x75, 0x01, 0x95, 0x01, 0x81, 0x02, 0x95, 0x07, 0x81, 0x03, 0x95, 0x01,
                       0x75, 0x08, 0x25, 0x65, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xC0};
  KeyStrokes strokes = strokes_of(twice, default_key_map(), 0);
  CHECK(strokes.take(Bytes{1, 0}, 0) == Signals{PadSignal::next});
  CHECK(strokes.take(Bytes{1, 0}, 1).empty());
  CHECK(strokes.take(Bytes{0, 0x51}, 2).empty());  // still down, by the other field's word
  CHECK(strokes.take(Bytes{0, 0}, 3).empty());
  CHECK(strokes.take(Bytes{0, 0x51}, 4) == Signals{PadSignal::next});
}

TEST_CASE("a plug that goes in or out is told each time, trembling or not") {
  KeyStrokes strokes =
      strokes_of(keyboard, parse_key_map("next=51 confirm=28 headset_in=64 headset_out=65").value());
  CHECK(strokes.take(down({0x64}), 0) == Signals{PadSignal::headset_in});
  CHECK(strokes.take(down({}), 10).empty());
  CHECK(strokes.take(down({0x64}), 20) == Signals{PadSignal::headset_in});
  CHECK(strokes.take(down({0x65}), 30) == Signals{PadSignal::headset_out});
}

TEST_CASE("short, empty and strange reports say nothing, and do no harm") {
  KeyStrokes strokes = strokes_of(keyboard, default_key_map());
  CHECK(strokes.take(down({0x51}), 0).size() == 1);
  for (std::size_t size = 0; size < 8; ++size)
    CHECK(strokes.take(ByteView(down({0x28})).first(size), 1'000).empty());
  CHECK(strokes.take(down({0x51}), 2'000).empty());  // half a report did not let it go
  CHECK(strokes.take(Bytes(64, 0xFF), 3'000).empty());
  KeyStrokes numbered = strokes_of(pad_of_bits, default_key_map());
  CHECK(numbered.take(Bytes{3, 0xFF}, 0).empty());
  CHECK(numbered.take(Bytes{1}, 0).empty());
}

TEST_CASE("a device without any of the keys is no pad") {
  CHECK_FALSE(strokes_of(keyboard, parse_key_map("next=c:b5 confirm=c:41").value()).possible());
  CHECK_FALSE(KeyStrokes(hid::ReportDescriptor{}, default_key_map(), 0).possible());
}

}  // namespace bianmin::pad

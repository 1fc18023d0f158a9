#include "drivers/cabinet/contact_wiring.hpp"

#include "tests/catch.hpp"

namespace bianmin::cabinet {

namespace {

using Pins = std::array<mcp2221::Pin, mcp2221::pin_count>;

std::string code_of(std::string_view text) {
  const auto wiring = parse_contact_wiring(text);
  return wiring ? std::string() : std::string(wiring.error().code);
}

Pins pins(bool first, bool second) {
  return {mcp2221::Pin{true, first}, mcp2221::Pin{true, second}, mcp2221::Pin{}, mcp2221::Pin{}};
}

Bytes answer(std::initializer_list<std::uint8_t> head) {
  Bytes out(head);
  out.resize(64);
  return out;
}

}  // namespace

TEST_CASE("the wiring is read as a site writes it") {
  const auto wiring = parse_contact_wiring("door=0:nc  tamper=3:no");
  REQUIRE(wiring.ok());
  CHECK(wiring->door == ContactWiring::Contact{0, true});
  CHECK(wiring->tamper == ContactWiring::Contact{3, false});
  CHECK(wiring->named());
  CHECK_FALSE(parse_contact_wiring("")->named());
  CHECK(code_of("tamper=1:nc").empty());
  for (const std::string_view bad :
       {"door", "door=0", "door:nc=0", "door=0:", "door=0:on", "door=4:nc", "door=x:nc", "roof=0:nc",
        "door=0:nc door=1:nc", "door=1:nc tamper=1:no"}) {
    INFO(bad);
    CHECK(code_of(bad) == "contacts.bad_wiring");
  }
}

TEST_CASE("a reading is believed when the next one says the same") {
  ContactReadings readings(*parse_contact_wiring("door=0:nc tamper=1:no"));
  CHECK_FALSE(readings.take(pins(false, true)).has_value());
  CHECK(readings.take(pins(false, true)) == ContactState{false, false});
  CHECK(readings.take(pins(true, true)) == ContactState{false, false});  // it bounces
  CHECK(readings.take(pins(false, true)) == ContactState{false, false});
  CHECK(readings.take(pins(true, true)) == ContactState{false, false});
  CHECK(readings.take(pins(true, true)) == ContactState{true, false});  // a cut wire is as an open door
  CHECK(readings.take(pins(true, false)) == ContactState{true, false});
  CHECK(readings.take(pins(true, false)) == ContactState{true, true});
  Pins other = pins(true, false);
  other[0].readable = false;
  CHECK_FALSE(readings.take(other).has_value());
}

TEST_CASE("a contact that is not wired is never an alarm") {
  ContactReadings readings(*parse_contact_wiring("tamper=1:nc"));
  (void)readings.take(pins(true, true));
  CHECK(readings.take(pins(true, true)) == ContactState{false, true});
  (void)readings.take(pins(false, false));
  CHECK(readings.take(pins(false, false)) == ContactState{});
}

TEST_CASE("the chip's commands are as its data sheet has them") {
  CHECK(mcp2221::get_pins() == answer({0x51}));
  CHECK(mcp2221::get_settings() == answer({0x61}));
  CHECK(mcp2221::set_settings({8, 8, 1, 3}) == answer({0x60, 0, 0, 0, 0, 0, 0, 0x80, 8, 8, 1, 3}));
}

TEST_CASE("the chip's answers are read, and others refused") {
  const auto pins = mcp2221::read_pins(answer({0x51, 0, 1, 1, 0, 1, 0xEE, 0xEF, 1, 0}));
  REQUIRE(pins.ok());
  CHECK(pins->at(0).high);
  CHECK(pins->at(1).readable);
  CHECK_FALSE(pins->at(1).high);
  CHECK_FALSE(pins->at(2).readable);
  CHECK_FALSE(pins->at(2).high);
  Bytes settings = answer({0x61, 0, 18, 4});
  settings[22] = 2;
  settings[25] = 8;
  CHECK(*mcp2221::read_settings(settings) == mcp2221::PinSettings{2, 0, 0, 8});
  CHECK(mcp2221::read_settings_set(answer({0x60, 0})).ok());
  CHECK(mcp2221::read_pins(answer({0x61, 0})).error().code == "contacts.bad_answer");
  CHECK(mcp2221::read_pins(answer({0x51, 1})).error().code == "contacts.bad_answer");
  CHECK(mcp2221::read_settings(Bytes{0x61, 0}).error().code == "contacts.bad_answer");
  CHECK_FALSE(mcp2221::read_settings_set({}).ok());
  CHECK_FALSE(mcp2221::read_pins(Bytes(65, 0x51)).ok());
}

}  // namespace bianmin::cabinet

#include "drivers/cabinet/lamp_array.hpp"

#include "drivers/cabinet/lamp_array_lights.hpp"
#include "drivers/emulator/lamp_array_model.hpp"
#include "tests/catch.hpp"

namespace bianmin::cabinet {

namespace {

hid::ReportDescriptor descriptor_of_model() {
  emulator::LampArrayModel model;
  return hid::parse_report_descriptor(*model.control({0x81, 6, 0x2200, 0, 4'096, {}})).value();
}

std::string parse_code(std::string_view text) {
  const auto lamps = parse_light_places(text);
  return lamps ? std::string() : std::string(lamps.error().code);
}

}  // namespace

TEST_CASE("the reports of a lamp array are found by their usages") {
  const auto array = LampArray::find(descriptor_of_model());
  REQUIRE(array.has_value());
  CHECK(array->attributes_id() == 1);
  CHECK(array->attributes_byte_count() == 23);
  CHECK(array->lamp_count(Bytes{1, 0x06, 0x01}) == 0x0106);
  CHECK_FALSE(array->lamp_count(Bytes{2, 6, 0}).has_value());
  CHECK_FALSE(array->lamp_count(Bytes{1, 6}).has_value());
  CHECK_FALSE(array->lamp_count({}).has_value());
  CHECK(array->control(true) == Bytes{6, 1});
  CHECK(array->control(false) == Bytes{6, 0});
  CHECK(array->update(0x0102, true) == Bytes{5, 1, 0x02, 0x01, 0x02, 0x01, 255, 255, 255, 255});
  CHECK(array->update(3, false) == Bytes{5, 1, 3, 0, 3, 0, 0, 0, 0, 0});
}

TEST_CASE("lamps without colours, without flags and without report numbers") {
  // Attributes and control in one report, the range update in the same: intensities from 0 to 7.
  const Bytes bytes = {0x05, 0x59, 0x09, 0x01, 0xA1, 0x01, 0x15, 0x00, 0x25, 0x7F, 0x75, 0x08,
                       0x95, 0x01, 0x09, 0x03, 0xB1, 0x03, 0x09, 0x71, 0xB1, 0x02, 0x09, 0x60,
                       0xA1, 0x02, 0x95, 0x02, 0x09, 0x61, 0x09, 0x62, 0xB1, 0x02, 0x95, 0x01,
                       0x75, 0x04, 0x25, 0x07, 0x09, 0x54, 0xB1, 0x02, 0xC0, 0xC0};
  const auto array = LampArray::find(hid::parse_report_descriptor(bytes).value());
  REQUIRE(array.has_value());
  CHECK(array->lamp_count(Bytes{4}) == 4);
  CHECK(array->update(2, true) == Bytes{0, 0, 2, 2, 0x07});
  CHECK(array->control(true) == Bytes{0, 1, 0, 0, 0});
}

TEST_CASE("what is no lamp array is none") {
  CHECK_FALSE(LampArray::find({}).has_value());
  hid::ReportDescriptor descriptor = descriptor_of_model();
  for (const int missing : {0x03, 0x61, 0x62, 0x71}) {
    hid::ReportDescriptor without = descriptor;
    std::erase_if(without.fields, [&](const hid::Field& field) {
      return field.is(hid::usage(0x59, static_cast<std::uint16_t>(missing)));
    });
    CHECK_FALSE(LampArray::find(without).has_value());
  }
  // The channels of the update of several lamps are not those of a range.
  std::erase_if(descriptor.fields, [](const hid::Field& field) {
    return field.inside(hid::usage(0x59, 0x60)) && field.usages.front() >= hid::usage(0x59, 0x51) &&
           field.usages.front() <= hid::usage(0x59, 0x54);
  });
  CHECK_FALSE(LampArray::find(descriptor).has_value());
}

TEST_CASE("places are read as a site writes them") {
  const auto lamps = parse_light_places("card=0 slip=1  scan=2 page=7 pad=65534");
  REQUIRE(lamps.ok());
  CHECK(lamps->at(LightPlace::slip_printer) == 1);
  CHECK(lamps->at(LightPlace::pad) == 65'534);
  CHECK(parse_code("").empty());
  for (const std::string_view bad :
       {"card", "card=", "card=x", "card=-1", "card=65535", "door=1", "card=1 card=2"})
    CHECK(parse_code(bad) == "lights.bad_places");
  for (const LightPlace place : all_light_places) CHECK(place_from_name(place_name(place)) == place);
}

}  // namespace bianmin::cabinet

#include "drivers/hid/report_descriptor.hpp"
#include "tests/catch.hpp"

namespace bianmin::hid {

namespace {

// The boot keyboard of the HID specification, appendix E.6, as it is printed there.
const Bytes keyboard = {0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7, 0x15,
                        0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08,
                        0x81, 0x01, 0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91,
                        0x02, 0x95, 0x01, 0x75, 0x03, 0x91, 0x01, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00,
                        0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xC0};

// The mouse of appendix E.10: relative bytes with a sign.
const Bytes mouse = {0x05, 0x01, 0x09, 0x02, 0xA1, 0x01, 0x09, 0x01, 0xA1, 0x00, 0x05, 0x09, 0x19,
                     0x01, 0x29, 0x03, 0x15, 0x00, 0x25, 0x01, 0x95, 0x03, 0x75, 0x01, 0x81, 0x02,
                     0x95, 0x01, 0x75, 0x05, 0x81, 0x01, 0x05, 0x01, 0x09, 0x30, 0x09, 0x31, 0x15,
                     0x81, 0x25, 0x7F, 0x75, 0x08, 0x95, 0x02, 0x81, 0x06, 0xC0, 0xC0};

std::string code_of(ByteView bytes) {
  const auto parsed = parse_report_descriptor(bytes);
  return parsed ? std::string() : std::string(parsed.error().code);
}

}  // namespace

TEST_CASE("the specification's keyboard is understood") {
  const auto parsed = parse_report_descriptor(keyboard);
  REQUIRE(parsed.ok());
  CHECK(parsed->application == usage(0x01, 0x06));
  CHECK_FALSE(parsed->numbered());
  CHECK(parsed->report_byte_count(ReportKind::input, 0) == 8);
  CHECK(parsed->report_byte_count(ReportKind::output, 0) == 1);
  CHECK(parsed->report_byte_count(ReportKind::feature, 0) == 0);
  const Field* const shift = parsed->find(ReportKind::input, usage(0x07, 0xE1));
  REQUIRE(shift != nullptr);
  CHECK(shift->bit == 1);
  const Field& keys = parsed->fields.back();
  CHECK(keys.array);
  CHECK(keys.bit == 16);
  CHECK(keys.count == 6);
  const Bytes report = {0x02, 0, 0x04, 0x28, 0, 0, 0, 0};  // shift, A, Enter
  CHECK(read_value(*shift, 0, report) == 1);
  CHECK(usages_on(keys, report) == std::vector<std::uint32_t>{usage(7, 4), usage(7, 0x28), usage(7, 0),
                                                              usage(7, 0), usage(7, 0), usage(7, 0)});
  CHECK(usages_on(keys, ByteView(report).first(4)).size() == 2);  // a short report: only what is there
}

TEST_CASE("the specification's mouse has values with a sign and collections") {
  const auto parsed = parse_report_descriptor(mouse);
  REQUIRE(parsed.ok());
  const Field* const y = parsed->find(ReportKind::input, usage(0x01, 0x31));
  REQUIRE(y != nullptr);
  CHECK(y->bit == 16);
  CHECK(y->inside(usage(0x01, 0x01)));
  CHECK(y->inside(usage(0x01, 0x02)));
  CHECK_FALSE(y->inside(usage(0x09, 0x01)));
  const Bytes report = {0x01, 0x7F, 0x81};
  CHECK(read_value(*y, 0, report) == -127);
  CHECK_FALSE(read_value(*y, 1, report).has_value());
  CHECK_FALSE(read_value(*y, 0, ByteView(report).first(2)).has_value());
}

TEST_CASE("numbered reports, pushed globals, and usages with their own page") {
  const Bytes bytes = {
      0x05, 0x84, 0x09, 0x04, 0xA1, 0x01, 0x85, 0x05, 0x75, 0x08, 0x95,
      0x01, 0x15, 0x00, 0x25, 0x64, 0x05, 0x85, 0x09, 0x66, 0xB1, 0x02,  // report 5: remaining capacity
      0xA4, 0x85, 0x06, 0x75, 0x10, 0x27, 0xFF, 0xFF, 0x00, 0x00, 0x0B,
      0x68, 0x00, 0x85, 0x00, 0xB1, 0x02, 0xB4,  // report 6: run time, 16 bits
      0x09, 0x67, 0xB1, 0x02, 0xC0};             // report 5 again
  const auto parsed = parse_report_descriptor(bytes);
  REQUIRE(parsed.ok());
  CHECK(parsed->numbered());
  CHECK(parsed->report_byte_count(ReportKind::feature, 5) == 3);
  CHECK(parsed->report_byte_count(ReportKind::feature, 6) == 3);
  const Field* const run_time = parsed->find(ReportKind::feature, usage(0x85, 0x68));
  REQUIRE(run_time != nullptr);
  CHECK(run_time->report_id == 6);
  CHECK(run_time->logical_max == 65'535);
  const Bytes seconds = {6, 0x10, 0x27};
  const auto body = report_body(*parsed, 6, seconds);
  REQUIRE(body.has_value());
  CHECK(read_value(*run_time, 0, *body) == 10'000);
  CHECK_FALSE(report_body(*parsed, 6, Bytes{5, 0x10, 0x27}).has_value());
  CHECK_FALSE(report_body(*parsed, 6, Bytes{}).has_value());
  CHECK(parsed->find(ReportKind::feature, usage(0x85, 0x67))->bit == 8);
}

TEST_CASE("what can only be read counts, padding does not") {
  // Two lamps' count as a constant feature (lamp arrays), then five bits of padding.
  const Bytes bytes = {0x05, 0x59, 0x09, 0x01, 0xA1, 0x01, 0x09, 0x03, 0x15, 0x00, 0x26, 0xFF,
                       0x00, 0x75, 0x08, 0x95, 0x01, 0xB1, 0x03, 0x75, 0x05, 0xB1, 0x03, 0xC0};
  const auto parsed = parse_report_descriptor(bytes);
  REQUIRE(parsed.ok());
  CHECK(parsed->fields.size() == 1);
  CHECK(parsed->find(ReportKind::feature, usage(0x59, 0x03)) != nullptr);
}

TEST_CASE("values are written where they are read") {
  const Field field{ReportKind::output, 0, {usage(8, 1)}, false, 5, 11, 2, 0, 2'047, {}};
  Bytes body(4, 0xFF);
  write_value(field, 0, 0x123, body);
  write_value(field, 1, 0x4F0, body);
  CHECK(read_value(field, 0, body) == 0x123);
  CHECK(read_value(field, 1, body) == 0x4F0);
  CHECK((body[0] & 0x1F) == 0x1F);  // what stands before and after is as it was
  CHECK((body[3] & 0xF8) == 0xF8);
  Bytes little(2, 0);
  write_value(field, 1, 0x7FF, little);
  CHECK(little == Bytes{0, 0});
}

TEST_CASE("descriptors that no device has are refused") {
  CHECK(code_of(Bytes(8'193, 0)) == "hid.bad_descriptor");
  CHECK(code_of(Bytes{0x27, 0xFF}) == "hid.bad_descriptor");        // half an item
  CHECK(code_of(Bytes{0xC0}) == "hid.bad_descriptor");              // closes what is not open
  CHECK(code_of(Bytes{0xB4}) == "hid.bad_descriptor");              // pops what was not pushed
  CHECK(code_of(Bytes{0x85, 0x00}) == "hid.bad_descriptor");        // number 0 is none
  CHECK(code_of(Bytes{0xFE, 0x40, 0x00}) == "hid.bad_descriptor");  // a long item without its data
  CHECK(code_of(Bytes{0x75, 0xFF, 0x97, 0xFF, 0xFF, 0xFF, 0x7F, 0x09, 0x01, 0x81, 0x02}) ==
        "hid.bad_descriptor");
  Bytes deep;
  for (int i = 0; i < 17; ++i) append(deep, Bytes{0xA1, 0x01});
  CHECK(code_of(deep) == "hid.bad_descriptor");
  Bytes many = {0x75, 0x01, 0x95, 0x01};
  for (int i = 0; i < 1'025; ++i) append(many, Bytes{0x09, 0x01, 0x81, 0x02});
  CHECK(code_of(many) == "hid.bad_descriptor");
  CHECK(code_of({}) == "");
}

TEST_CASE("a range of usages without an end is cut, not followed") {
  const Bytes bytes = {0x05, 0x07, 0x19, 0x00, 0x2A, 0xFF, 0xFF, 0x75, 0x08, 0x95, 0x06, 0x81, 0x00};
  const auto parsed = parse_report_descriptor(bytes);
  REQUIRE(parsed.ok());
  CHECK(parsed->fields.at(0).usages.size() == 512);
}

}  // namespace bianmin::hid

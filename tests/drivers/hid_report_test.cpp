#include "drivers/scanner/hid_report.hpp"
#include "drivers/emulator/scanner_model.hpp"
#include "tests/catch.hpp"

namespace bianmin::scanner {

namespace {

Bytes emulated_descriptor() {
  emulator::ScannerModel model;
  return *model.control({0x81, 6, 0x2200, 0, 4'096, {}});
}

std::optional<ScanReportLayout> layout_of(ByteView bytes) {
  const auto descriptor = hid::parse_report_descriptor(bytes);
  return descriptor ? find_scan_report(*descriptor) : std::nullopt;
}

}  // namespace

TEST_CASE("the scanned-data report is found in a report descriptor") {
  const auto layout = layout_of(emulated_descriptor());
  REQUIRE(layout.has_value());
  CHECK(layout->report_id == 2);
  CHECK(layout->length_bit == 0U);
  CHECK(layout->data_bit == 8 * 4);
  CHECK(layout->data_byte_count == 56);
  CHECK(layout->continued_bit == 8U * 62);
}

TEST_CASE("descriptors of other devices hold no scanned data") {
  const Bytes keyboard = {0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7,
                          0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0xC0};
  CHECK_FALSE(layout_of(keyboard).has_value());
  CHECK_FALSE(layout_of({}).has_value());
}

TEST_CASE("a report without a number and without a named length is read") {
  const Bytes descriptor = {0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x15, 0x00, 0x26, 0xFF,
                            0x00, 0x75, 0x08, 0x95, 0x04, 0x09, 0xFB, 0x81, 0x02, 0x95,
                            0x0A, 0x0B, 0xFE, 0x00, 0x8C, 0x00, 0x81, 0x02, 0xC0};
  const auto layout = layout_of(descriptor);
  REQUIRE(layout.has_value());
  CHECK(layout->report_id == 0);
  CHECK(layout->length_bit == 0U);
  const Bytes report = {3, ']', 'Q', '1', 'a', 'b', 'c', 0, 0, 0, 0, 0, 0, 0};
  const auto part = read_scan_report(*layout, report);
  REQUIRE(part.has_value());
  CHECK(text_of(part->data) == "abc");
  CHECK_FALSE(part->more);
}

TEST_CASE("reports that lie about their length are refused") {
  const auto layout = layout_of(emulated_descriptor());
  REQUIRE(layout.has_value());
  CHECK_FALSE(read_scan_report(*layout, Bytes{2, 57, ']', 'Q', '1'}).has_value());
  CHECK_FALSE(read_scan_report(*layout, Bytes{2, 3, ']', 'Q', '1', 'a', 'b'}).has_value());
  CHECK_FALSE(read_scan_report(*layout, Bytes{3, 1, ']', 'Q', '1', 'a', 'b'}).has_value());
  CHECK_FALSE(read_scan_report(*layout, Bytes{}).has_value());
  CHECK(read_scan_report(*layout, Bytes{2, 2, ']', 'Q', '1', 'a', 'b'})->data.size() == 2);
}

TEST_CASE("any descriptor at all is survived") {
  const Bytes good = emulated_descriptor();
  std::uint32_t random = 3;
  for (int round = 0; round < 5'000; ++round) {
    Bytes bad = good;
    for (int i = 0; i < 3; ++i) {
      random = random * 1'664'525U + 1'013'904'223U;
      bad[(random >> 8U) % bad.size()] = static_cast<std::uint8_t>(random >> 24U);
    }
    bad.resize(bad.size() - static_cast<std::size_t>(round) % 5);
    const auto layout = layout_of(bad);
    if (!layout) continue;
    (void)read_scan_report(*layout, Bytes(64, 0x02));
    (void)read_scan_report(*layout, Bytes(3, 0x02));
  }
}

}  // namespace bianmin::scanner

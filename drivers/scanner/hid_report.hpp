// The reports of a HID POS bar code scanner. Pure. Source: HID Point of Sale Usage Tables 1.02, usage page
// 0x8C.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "drivers/hid/report_descriptor.hpp"
#include "terminal/base/bytes.hpp"

namespace bianmin::scanner {

// Where the parts of a scanned-data report lie, counted in bits from its start with the report number left
// out.
struct ScanReportLayout {
  std::uint8_t report_id = 0;             // 0: reports carry no number
  std::optional<std::size_t> length_bit;  // a byte: how many bytes of data count
  std::size_t data_bit = 0;
  std::size_t data_byte_count = 0;
  std::optional<std::size_t> continued_bit;  // one bit: more of the same code follows
};

// The report with the decoded data (usage 0x8C:0xFE). Empty: no scanner.
std::optional<ScanReportLayout> find_scan_report(const hid::ReportDescriptor& descriptor);

struct ScanPart {
  ByteView data;  // borrows from the report
  bool more = false;
};
// Empty: another report, or a broken one.
std::optional<ScanPart> read_scan_report(const ScanReportLayout& layout, ByteView report);

}  // namespace bianmin::scanner

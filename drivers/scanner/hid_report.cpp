#include "drivers/scanner/hid_report.hpp"

#include <algorithm>

namespace bianmin::scanner {

namespace {

constexpr std::uint32_t usage_decoded_data = hid::usage(0x8C, 0xFE);
constexpr std::uint32_t usage_continued = hid::usage(0x8C, 0xFF);
constexpr std::uint32_t usage_byte_count = hid::usage(0x01, 0x3B);
constexpr std::size_t symbology_bit_count = 8 * 3;

bool is_bit_set(ByteView bytes, std::size_t bit) {
  return bit / 8 < bytes.size() && ((unsigned{bytes[bit / 8]} >> (bit % 8)) & 1U) != 0;
}

}  // namespace

std::optional<ScanReportLayout> find_scan_report(const hid::ReportDescriptor& descriptor) {
  const hid::Field* const data = descriptor.find(hid::ReportKind::input, usage_decoded_data);
  if (data == nullptr || data->bit_count != 8 || data->bit % 8 != 0) return std::nullopt;
  ScanReportLayout layout{data->report_id, std::nullopt, data->bit, data->count, std::nullopt};
  for (const hid::Field& field : descriptor.fields) {
    if (field.kind != hid::ReportKind::input || field.report_id != data->report_id) continue;
    if (field.is(usage_byte_count) && field.bit_count == 8) layout.length_bit = field.bit;
    if (field.is(usage_continued)) layout.continued_bit = field.bit;
  }
  // Some descriptors do not name the byte of the length; it stands before the symbology identifier all the
  // same.
  if (!layout.length_bit && layout.data_bit >= symbology_bit_count + 8) {
    layout.length_bit = layout.data_bit - symbology_bit_count - 8;
  }
  return layout;
}

std::optional<ScanPart> read_scan_report(const ScanReportLayout& layout, ByteView report) {
  if (layout.report_id != 0) {
    if (report.empty() || report[0] != layout.report_id) return std::nullopt;
    report = report.subspan(1);
  }
  const std::size_t data_at = layout.data_bit / 8;
  if (report.size() < data_at) return std::nullopt;
  std::size_t length = std::min(layout.data_byte_count, report.size() - data_at);
  if (layout.length_bit) {
    const std::size_t length_at = *layout.length_bit / 8;
    if (length_at >= report.size() || report[length_at] > length) return std::nullopt;
    length = report[length_at];
  }
  return ScanPart{report.subspan(data_at, length),
                  layout.continued_bit && is_bit_set(report, *layout.continued_bit)};
}

}  // namespace bianmin::scanner

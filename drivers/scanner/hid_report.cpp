#include "drivers/scanner/hid_report.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace bianmin::scanner {

namespace {

constexpr std::uint32_t usage_decoded_data = 0x8C00FE;
constexpr std::uint32_t usage_continued = 0x8C00FF;
constexpr std::uint32_t usage_byte_count = 0x01003B;
constexpr std::size_t report_bit_max = 8 * 4'096;
constexpr std::size_t symbology_bit_count = 8 * 3;

struct Globals {
  std::uint32_t usage_page = 0;
  std::uint32_t bit_count = 0;
  std::uint32_t count = 0;
  std::uint8_t report_id = 0;
};

struct Parser {
  Globals globals;
  std::vector<Globals> pushed;
  std::vector<std::uint32_t> usages;
  std::map<std::uint8_t, std::size_t> next_bit;  // per report
  std::map<std::uint8_t, ScanReportLayout> layouts;
  bool bad = false;

  std::uint32_t usage(std::uint32_t value, std::size_t byte_count) const {
    return byte_count == 4 ? value : globals.usage_page << 16U | value;
  }
  std::uint32_t usage_of_field(std::size_t index) const {
    if (usages.empty()) return 0;
    return usages[std::min(index, usages.size() - 1)];
  }

  void input(bool constant) {
    ScanReportLayout& layout = layouts[globals.report_id];
    layout.report_id = globals.report_id;
    std::size_t& bit = next_bit[globals.report_id];
    const std::size_t all = std::size_t{globals.bit_count} * globals.count;
    if (all > report_bit_max || bit + all > report_bit_max) {
      bad = true;
      return;
    }
    for (std::size_t i = 0; !constant && i < globals.count; ++i) {
      const std::uint32_t found = usage_of_field(i);
      const std::size_t at = bit + i * globals.bit_count;
      if (found == usage_decoded_data && globals.bit_count == 8) {
        if (layout.data_byte_count++ == 0) layout.data_bit = at;
      } else if (found == usage_byte_count && globals.bit_count == 8) {
        layout.length_bit = at;
      } else if (found == usage_continued) {
        layout.continued_bit = at;
      }
    }
    bit += all;
  }

  void main_item(unsigned tag, std::uint32_t value) {
    constexpr unsigned tag_input = 8;
    if (tag == tag_input) input((value & 1U) != 0);
    usages.clear();
  }
  void global_item(unsigned tag, std::uint32_t value) {
    constexpr std::size_t pushed_max = 8;
    switch (tag) {
      case 0:
        globals.usage_page = value;
        break;
      case 7:
        globals.bit_count = value;
        break;
      case 8:
        globals.report_id = static_cast<std::uint8_t>(value);
        break;
      case 9:
        globals.count = value;
        break;
      case 10:
        bad = bad || pushed.size() >= pushed_max;
        if (!bad) pushed.push_back(globals);
        break;
      case 11:
        bad = bad || pushed.empty();
        if (bad) break;
        globals = pushed.back();
        pushed.pop_back();
        break;
      default:
        break;
    }
  }
  void local_item(unsigned tag, std::uint32_t value, std::size_t byte_count) {
    constexpr std::size_t usages_max = 256;
    if (tag == 0 && usages.size() < usages_max) usages.push_back(usage(value, byte_count));
  }
};

bool is_bit_set(ByteView bytes, std::size_t bit) {
  return bit / 8 < bytes.size() && ((bytes[bit / 8] >> (bit % 8)) & 1U) != 0;
}

}  // namespace

std::optional<ScanReportLayout> find_scan_report(ByteView report_descriptor) {
  ByteReader reader(report_descriptor);
  Parser parser;
  while (reader.left() > 0 && !parser.bad) {
    const std::uint8_t prefix = reader.u8();
    constexpr std::uint8_t long_item = 0xFE;
    if (prefix == long_item) {
      const std::size_t size = reader.u8();
      reader.skip(1 + size);
      continue;
    }
    const std::size_t size = (prefix & 3U) == 3 ? 4 : prefix & 3U;
    const ByteView raw = reader.take(size);
    if (reader.failed()) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) value |= std::uint32_t{raw[i]} << (8 * i);
    const unsigned tag = prefix >> 4U;
    switch ((prefix >> 2U) & 3U) {
      case 0:
        parser.main_item(tag, value);
        break;
      case 1:
        parser.global_item(tag, value);
        break;
      case 2:
        parser.local_item(tag, value, size);
        break;
      default:
        break;
    }
  }
  if (parser.bad || reader.failed()) return std::nullopt;
  for (const auto& [id, layout] : parser.layouts) {
    if (layout.data_byte_count == 0 || layout.data_bit % 8 != 0) continue;
    ScanReportLayout found = layout;
    // Some descriptors do not name the byte of the length; it stands before the symbology identifier all the
    // same.
    if (!found.length_bit && found.data_bit >= symbology_bit_count + 8) {
      found.length_bit = found.data_bit - symbology_bit_count - 8;
    }
    return found;
  }
  return std::nullopt;
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
    const std::size_t said = report[*layout.length_bit / 8];
    if (said > length) return std::nullopt;
    length = said;
  }
  return ScanPart{report.subspan(data_at, length),
                  layout.continued_bit && is_bit_set(report, *layout.continued_bit)};
}

}  // namespace bianmin::scanner

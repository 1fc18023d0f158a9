// What a HID device can say and be told, as its report descriptor declares it. Pure; hostile bytes are safe.
// Source: Device Class Definition for Human Interface Devices 1.11, chapters 5.4 to 5.8 and 6.2.2.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "terminal/base/bytes.hpp"

namespace bianmin::hid {

enum class ReportKind { input, output, feature };

// The usage page in the upper half, as usage tables write it: usage(0x8C, 0xFE) is "decoded data".
constexpr std::uint32_t usage(std::uint16_t page, std::uint16_t id) {
  return std::uint32_t{page} << 16U | id;
}

// Values of one meaning that stand side by side in a report. Padding is no field.
struct Field {
  ReportKind kind = ReportKind::input;
  std::uint8_t report_id = 0;  // 0: the reports carry no number
  // A variable has one usage. An array's values choose among its usages: value - logical_min is the index.
  std::vector<std::uint32_t> usages;
  bool array = false;
  std::size_t bit = 0;        // of the first value, from the report's start with its number left out
  std::size_t bit_count = 0;  // of each value: 1 to 32
  std::size_t count = 0;
  std::int32_t logical_min = 0;
  std::int32_t logical_max = 0;
  std::vector<std::uint32_t> collections;  // the usages around it, the outermost first

  // Some devices call their variables arrays; with one usage alone there is nothing to choose.
  bool is(std::uint32_t wanted) const { return usages.size() == 1 && usages.front() == wanted; }
  bool inside(std::uint32_t collection) const;
};

struct ReportDescriptor {
  std::vector<Field> fields;      // in the order of the descriptor
  std::uint32_t application = 0;  // the usage of the first application collection; 0: none

  // The first field of this usage alone; null: none. Borrows.
  const Field* find(ReportKind kind, std::uint32_t wanted) const;
  bool numbered() const;  // reports begin with their number
  // The bytes of a report, its number included; 0: there is no such report.
  std::size_t report_byte_count(ReportKind kind, std::uint8_t report_id) const;
};

// Errors (refuse): "hid.bad_descriptor": half an item, more nested, larger or longer than any real device's.
Result<ReportDescriptor> parse_report_descriptor(ByteView bytes);

// The report without its number; empty: it is another report than `report_id`, or has no bytes.
std::optional<ByteView> report_body(const ReportDescriptor& descriptor, std::uint8_t report_id,
                                    ByteView report);

// The value number `index` of a field, its sign extended when the field's limits are signed. Empty: the body
// is too short for it.
std::optional<std::int64_t> read_value(const Field& field, std::size_t index, ByteView body);
// The usages that an array or a group of bits says are on. `body` as above; what does not fit is off.
std::vector<std::uint32_t> usages_on(const Field& field, ByteView body);
// Writes into a report's body that is long enough; a value that does not fit is cut to its low bits.
void write_value(const Field& field, std::size_t index, std::uint32_t value, Bytes& body);

}  // namespace bianmin::hid

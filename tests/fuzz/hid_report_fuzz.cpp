// A report descriptor, and a report that claims to follow it: the first byte says how long the descriptor is.
#include "drivers/hid/report_descriptor.hpp"
#include "drivers/scanner/hid_report.hpp"

using namespace bianmin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView input(data + 1, size - 1);
  const std::size_t cut = std::min<std::size_t>(data[0], input.size());
  const auto descriptor = hid::parse_report_descriptor(input.first(cut));
  if (!descriptor) return 0;
  const ByteView report = input.subspan(cut);
  for (const hid::Field& field : descriptor->fields) {
    const auto body = hid::report_body(*descriptor, field.report_id, report);
    if (!body) continue;
    (void)hid::usages_on(field, *body);
    Bytes written(body->begin(), body->end());
    hid::write_value(field, 0, 0xA5A5A5A5U, written);
    const auto value = hid::read_value(field, 0, written);
    const std::uint32_t low = field.bit_count == 32 ? 0xFFFFFFFFU : (1U << field.bit_count) - 1;
    if (value && (static_cast<std::uint32_t>(*value) & low) != (0xA5A5A5A5U & low)) __builtin_trap();
  }
  if (const auto layout = scanner::find_scan_report(*descriptor))
    (void)scanner::read_scan_report(*layout, report);
  return 0;
}

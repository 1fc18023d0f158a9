// A report descriptor and reports that a power supply might give: the first byte says how long the descriptor
// is, then comes one report of each kind.
#include "drivers/power/ups_report.hpp"

using namespace bianmin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ByteView input(data + 2, size - 2);
  const std::size_t cut = std::min<std::size_t>(data[0], input.size());
  const auto descriptor = hid::parse_report_descriptor(input.first(cut));
  if (!descriptor) return 0;
  const auto layout = power::find_ups_layout(*descriptor);
  if (!layout) return 0;
  const Bytes rest(input.begin() + static_cast<std::ptrdiff_t>(cut), input.end());
  power::Reports reports;
  for (const std::uint8_t number : layout->feature_reports())
    reports[{hid::ReportKind::feature, number}] = rest;
  for (const std::uint8_t number : layout->input_only_reports())
    reports[{hid::ReportKind::input, number}] = rest;
  reports[{hid::ReportKind::input, data[1]}] = rest;
  const auto status = power::read_power_status(*descriptor, *layout, reports);
  if (!status) return 0;
  const int charge = status->charge_percent.value_or(0);
  if (charge < 0 || charge > 100 || status->run_time_s.value_or(0) < 0) __builtin_trap();
  if (status->battery_low && !status->on_battery) __builtin_trap();
  return 0;
}

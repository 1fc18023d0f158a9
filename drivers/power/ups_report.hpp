// What the reports of an uninterruptible power supply say. Pure. Source: Universal Serial Bus Usage Tables
// for HID Power Devices 1.0: pages 0x84 (power device) and 0x85 (battery system); which usages supplies
// really have: as public drivers of theirs look for them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "drivers/hid/report_descriptor.hpp"
#include "drivers/power/power_supply.hpp"

namespace bianmin::power {

// The reports as they came last, each with its number where there are numbers.
using Reports = std::map<std::pair<hid::ReportKind, std::uint8_t>, Bytes>;

// What a supply can tell and be told, in the order of ups_usages.
enum class UpsSignal {
  ac_present,
  discharging,
  below_capacity_limit,
  time_limit_expired,
  shutdown_imminent,
  need_replacement,
  overload,
  remaining_capacity,
  capacity_mode,
  run_time_to_empty,
  delay_before_shutdown,
  delay_before_startup,
  count,
};

struct UpsLayout {
  struct Places {                       // where a signal stands; empty: nowhere
    std::optional<hid::Field> feature;  // asked for
    std::optional<hid::Field> input;    // told by the supply itself
  };
  std::array<Places, static_cast<std::size_t>(UpsSignal::count)> signals;
  const Places& of(UpsSignal signal) const { return signals[static_cast<std::size_t>(signal)]; }

  // The numbers of the reports to ask for, each once.
  std::vector<std::uint8_t> feature_reports() const;
  // The same of what is only told.
  std::vector<std::uint8_t> input_only_reports() const;
};

// Empty: no power supply, or one that says neither whether mains is there nor whether it lives on its
// battery.
std::optional<UpsLayout> find_ups_layout(const hid::ReportDescriptor& descriptor);

// Empty: whether mains is there has not been read yet.
std::optional<PowerStatus> read_power_status(const hid::ReportDescriptor& descriptor, const UpsLayout& layout,
                                             const Reports& reports);

}  // namespace bianmin::power

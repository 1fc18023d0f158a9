#include "drivers/power/ups_report.hpp"

#include <algorithm>
#include <set>

namespace bianmin::power {

namespace {

constexpr std::uint32_t ups_application = hid::usage(0x84, 0x04);
constexpr std::uint32_t power_supply_application = hid::usage(0x84, 0x05);
constexpr std::uint32_t power_summary = hid::usage(0x84, 0x24);

constexpr std::array<std::uint32_t, static_cast<std::size_t>(UpsSignal::count)> ups_usages = {
    hid::usage(0x85, 0xD0),  // ACPresent
    hid::usage(0x85, 0x45),  // Discharging
    hid::usage(0x85, 0x42),  // BelowRemainingCapacityLimit
    hid::usage(0x85, 0x43),  // RemainingTimeLimitExpired
    hid::usage(0x84, 0x69),  // ShutdownImminent
    hid::usage(0x85, 0x4B),  // NeedReplacement
    hid::usage(0x84, 0x65),  // Overload
    hid::usage(0x85, 0x66),  // RemainingCapacity
    hid::usage(0x85, 0x2C),  // CapacityMode
    hid::usage(0x85, 0x68),  // RunTimeToEmpty, in seconds
    hid::usage(0x84, 0x57),  // DelayBeforeShutdown, in seconds
    hid::usage(0x84, 0x56),  // DelayBeforeStartup, in seconds
};

// Below these the battery is low, whatever the supply thinks: a terminal needs a minute to end in order.
constexpr int low_charge_percent = 20;
constexpr int low_run_time_s = 180;
constexpr std::int64_t percent_mode = 2;
constexpr std::int64_t run_time_max_s = 7 * 24 * 3'600;  // more is a way to say: unknown

// The summary's word counts before that of one battery or one input.
std::optional<hid::Field> find_field(const hid::ReportDescriptor& descriptor, hid::ReportKind kind,
                                     std::uint32_t usage) {
  const hid::Field* found = nullptr;
  for (const hid::Field& field : descriptor.fields) {
    if (field.kind != kind || !field.is(usage)) continue;
    if (found == nullptr || (field.inside(power_summary) && !found->inside(power_summary))) found = &field;
  }
  return found == nullptr ? std::nullopt : std::optional(*found);
}

class Reading {
 public:
  Reading(const hid::ReportDescriptor& descriptor, const UpsLayout& layout, const Reports& reports)
      : descriptor_(descriptor), layout_(layout), reports_(reports) {}

  std::optional<std::int64_t> value(UpsSignal signal) const {
    const UpsLayout::Places& places = layout_.of(signal);
    if (const auto asked = value_of(places.feature)) return asked;
    return value_of(places.input);
  }
  bool on(UpsSignal signal) const { return value(signal).value_or(0) != 0; }

 private:
  std::optional<std::int64_t> value_of(const std::optional<hid::Field>& field) const {
    if (!field) return std::nullopt;
    const auto report = reports_.find({field->kind, field->report_id});
    if (report == reports_.end()) return std::nullopt;
    const auto body = hid::report_body(descriptor_, field->report_id, report->second);
    return body ? hid::read_value(*field, 0, *body) : std::nullopt;
  }

  const hid::ReportDescriptor& descriptor_;
  const UpsLayout& layout_;
  const Reports& reports_;
};

std::optional<int> charge_of(const Reading& reading) {
  const auto charge = reading.value(UpsSignal::remaining_capacity);
  if (!charge || *charge < 0 || *charge > 100) return std::nullopt;
  if (reading.value(UpsSignal::capacity_mode).value_or(percent_mode) != percent_mode) return std::nullopt;
  return static_cast<int>(*charge);
}

std::optional<int> run_time_of(const Reading& reading) {
  const auto seconds = reading.value(UpsSignal::run_time_to_empty);
  if (!seconds || *seconds < 0 || *seconds > run_time_max_s) return std::nullopt;
  return static_cast<int>(*seconds);
}

}  // namespace

DeviceState PowerStatus::state() const {
  if (battery_low) return {DeviceCondition::degraded, "ups.battery_low"};
  if (on_battery) return {DeviceCondition::degraded, "ups.on_battery"};
  if (overloaded) return {DeviceCondition::degraded, "ups.overload"};
  if (replace_battery) return {DeviceCondition::degraded, "ups.replace_battery"};
  return {DeviceCondition::ready, "ready"};
}

std::vector<std::uint8_t> UpsLayout::feature_reports() const {
  std::set<std::uint8_t> numbers;
  for (const Places& places : signals) {
    if (places.feature) numbers.insert(places.feature->report_id);
  }
  return {numbers.begin(), numbers.end()};
}

std::vector<std::uint8_t> UpsLayout::input_only_reports() const {
  std::set<std::uint8_t> numbers;
  for (const Places& places : signals) {
    if (!places.feature && places.input) numbers.insert(places.input->report_id);
  }
  return {numbers.begin(), numbers.end()};
}

std::optional<UpsLayout> find_ups_layout(const hid::ReportDescriptor& descriptor) {
  if (descriptor.application != ups_application && descriptor.application != power_supply_application) {
    return std::nullopt;
  }
  UpsLayout layout;
  for (std::size_t i = 0; i < ups_usages.size(); ++i) {
    layout.signals[i].feature = find_field(descriptor, hid::ReportKind::feature, ups_usages[i]);
    layout.signals[i].input = find_field(descriptor, hid::ReportKind::input, ups_usages[i]);
  }
  const auto told = [&layout](UpsSignal signal) {
    return layout.of(signal).feature.has_value() || layout.of(signal).input.has_value();
  };
  if (!told(UpsSignal::ac_present) && !told(UpsSignal::discharging)) return std::nullopt;
  return layout;
}

std::optional<PowerStatus> read_power_status(const hid::ReportDescriptor& descriptor, const UpsLayout& layout,
                                             const Reports& reports) {
  const Reading reading(descriptor, layout, reports);
  const auto mains = reading.value(UpsSignal::ac_present);
  const auto discharging = reading.value(UpsSignal::discharging);
  if (!mains && !discharging) return std::nullopt;
  PowerStatus status;
  status.on_battery = mains ? *mains == 0 : *discharging != 0;
  status.charge_percent = charge_of(reading);
  status.run_time_s = run_time_of(reading);
  const bool little = status.charge_percent.value_or(100) <= low_charge_percent ||
                      status.run_time_s.value_or(low_run_time_s + 1) <= low_run_time_s;
  const bool told = reading.on(UpsSignal::below_capacity_limit) ||
                    reading.on(UpsSignal::time_limit_expired) || reading.on(UpsSignal::shutdown_imminent);
  status.battery_low = status.on_battery && (little || told);
  status.replace_battery = reading.on(UpsSignal::need_replacement);
  status.overloaded = reading.on(UpsSignal::overload);
  return status;
}

}  // namespace bianmin::power

#include "drivers/cabinet/lamp_array.hpp"

#include <algorithm>

namespace bianmin::cabinet {

namespace {

constexpr std::uint32_t of_page(std::uint16_t id) { return hid::usage(0x59, id); }
constexpr std::uint32_t usage_lamp_count = of_page(0x03);
constexpr std::uint32_t usage_update_red = of_page(0x51);
constexpr std::uint32_t usage_update_green = of_page(0x52);
constexpr std::uint32_t usage_update_blue = of_page(0x53);
constexpr std::uint32_t usage_update_intensity = of_page(0x54);
constexpr std::uint32_t usage_update_flags = of_page(0x55);
constexpr std::uint32_t usage_range_update = of_page(0x60);
constexpr std::uint32_t usage_range_start = of_page(0x61);
constexpr std::uint32_t usage_range_end = of_page(0x62);
constexpr std::uint32_t usage_autonomous = of_page(0x71);
constexpr std::uint32_t update_complete = 1;

// A device may also have the report that updates several lamps, with the same channels in it.
const hid::Field* in_range_update(const hid::ReportDescriptor& descriptor, std::uint32_t usage) {
  const auto found =
      std::find_if(descriptor.fields.begin(), descriptor.fields.end(), [&](const hid::Field& each) {
        return each.kind == hid::ReportKind::feature && each.is(usage) && each.inside(usage_range_update);
      });
  return found == descriptor.fields.end() ? nullptr : &*found;
}

}  // namespace

std::optional<LampArray> LampArray::find(const hid::ReportDescriptor& descriptor) {
  constexpr auto feature = hid::ReportKind::feature;
  const hid::Field* const count = descriptor.find(feature, usage_lamp_count);
  const hid::Field* const autonomous = descriptor.find(feature, usage_autonomous);
  const hid::Field* const start = in_range_update(descriptor, usage_range_start);
  const hid::Field* const end = in_range_update(descriptor, usage_range_end);
  if (count == nullptr || autonomous == nullptr || start == nullptr || end == nullptr) return std::nullopt;
  LampArray array;
  array.numbered_ = descriptor.numbered();
  array.count_ = *count;
  array.autonomous_ = *autonomous;
  array.start_ = *start;
  array.end_ = *end;
  for (const std::uint32_t usage :
       {usage_update_red, usage_update_green, usage_update_blue, usage_update_intensity}) {
    const hid::Field* const channel = in_range_update(descriptor, usage);
    if (channel != nullptr && channel->report_id == start->report_id) array.channels_.push_back(*channel);
  }
  if (array.channels_.empty() || end->report_id != start->report_id) return std::nullopt;
  const hid::Field* const flags = in_range_update(descriptor, usage_update_flags);
  if (flags != nullptr && flags->report_id == start->report_id) array.flags_ = *flags;
  array.attributes_byte_count_ = descriptor.report_byte_count(feature, count->report_id);
  array.control_byte_count_ = descriptor.report_byte_count(feature, autonomous->report_id);
  array.update_byte_count_ = descriptor.report_byte_count(feature, start->report_id);
  return array;
}

std::optional<int> LampArray::lamp_count(ByteView report) const {
  if (numbered_ && (report.empty() || report[0] != count_.report_id)) return std::nullopt;
  const auto count = hid::read_value(count_, 0, numbered_ ? report.subspan(1) : report);
  if (!count || *count < 0 || *count > 0xFFFF) return std::nullopt;
  return static_cast<int>(*count);
}

Bytes LampArray::control(bool autonomous) const {
  return report(autonomous_.report_id, control_byte_count_, {{autonomous_, autonomous ? 1U : 0U}});
}

Bytes LampArray::update(int lamp, bool on) const {
  const auto number = static_cast<std::uint32_t>(lamp);
  std::vector<std::pair<hid::Field, std::uint32_t>> values = {{start_, number}, {end_, number}};
  if (flags_) values.emplace_back(*flags_, update_complete);
  for (const hid::Field& channel : channels_)
    values.emplace_back(channel, on ? static_cast<std::uint32_t>(channel.logical_max) : 0U);
  return report(start_.report_id, update_byte_count_, std::move(values));
}

Bytes LampArray::report(std::uint8_t report_id, std::size_t byte_count,
                        std::vector<std::pair<hid::Field, std::uint32_t>> values) const {
  const bool with_id = report_id != 0;
  Bytes body(byte_count - (with_id ? 1 : 0), 0);
  for (const auto& [field, value] : values) hid::write_value(field, 0, value, body);
  if (with_id) body.insert(body.begin(), report_id);
  return body;
}

}  // namespace bianmin::cabinet

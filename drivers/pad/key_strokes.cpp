#include "drivers/pad/key_strokes.hpp"

#include <algorithm>

namespace bianmin::pad {

namespace {

constexpr std::uint32_t error_roll_over = hid::usage(0x07, 0x01);

bool holds_key(const hid::Field& field, const KeyMap& map) {
  return field.kind == hid::ReportKind::input &&
         std::any_of(field.usages.begin(), field.usages.end(),
                     [&](std::uint32_t usage) { return map.find(usage).has_value(); });
}

}  // namespace

KeyStrokes::KeyStrokes(hid::ReportDescriptor descriptor, KeyMap map, std::int64_t double_strike_ms)
    : descriptor_(std::move(descriptor)), map_(std::move(map)), double_strike_ms_(double_strike_ms) {
  for (const hid::Field& field : descriptor_.fields) {
    if (holds_key(field, map_)) fields_.push_back(field);
  }
}

std::vector<PadSignal> KeyStrokes::take(ByteView report, std::int64_t now_ms) {
  std::vector<PadSignal> begun;
  const std::uint8_t report_id = descriptor_.numbered() && !report.empty() ? report[0] : std::uint8_t{0};
  const auto body = hid::report_body(descriptor_, report_id, report);
  if (!body || body->empty() || rolled_over(report_id, *body)) return begun;
  std::vector<std::uint32_t> told;  // the keys of which this report speaks
  std::set<std::uint32_t> on;       // a key that stands in two fields is down when one of them says so
  for (const hid::Field& field : fields_) {
    const bool whole = field.bit + field.bit_count * field.count <= 8 * body->size();
    if (field.report_id != report_id || !whole) continue;
    told.insert(told.end(), field.usages.begin(), field.usages.end());
    for (const std::uint32_t usage : hid::usages_on(field, *body)) on.insert(usage);
  }
  std::set<std::uint32_t>& down = down_[report_id];
  for (const std::uint32_t usage : told) {
    const auto signal = map_.find(usage);
    if (!signal) continue;
    if (!on.contains(usage)) {
      down.erase(usage);
    } else if (down.insert(usage).second && !trembles(*signal, now_ms)) {
      begun.push_back(*signal);
    }
  }
  return begun;
}

bool KeyStrokes::rolled_over(std::uint8_t report_id, ByteView body) const {
  return std::any_of(fields_.begin(), fields_.end(), [&](const hid::Field& field) {
    if (field.report_id != report_id || !field.array) return false;
    const auto on = hid::usages_on(field, body);
    return std::find(on.begin(), on.end(), error_roll_over) != on.end();
  });
}

bool KeyStrokes::trembles(PadSignal signal, std::int64_t now_ms) {
  if (!key_of(signal)) return false;
  const bool same = last_ == signal && now_ms - last_ms_ < double_strike_ms_;
  if (!same) {
    last_ = signal;
    last_ms_ = now_ms;
  }
  return same;
}

}  // namespace bianmin::pad

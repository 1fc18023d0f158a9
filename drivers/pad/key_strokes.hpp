// Which keys went down, out of a HID device's input reports. Pure; hostile bytes are safe.
// Source: Device Class Definition for HID 1.11, chapter 8.3 and appendix C (keyboards), and its rule that a
// keyboard which cannot tell its keys apart says "error roll over" for all of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "drivers/hid/report_descriptor.hpp"
#include "drivers/pad/key_map.hpp"

namespace bianmin::pad {

class KeyStrokes {
 public:
  // The same key again within `double_strike_ms` is a trembling hand (accessibility checklist 4; EN 301 549,
  // 5.8). A held key is one stroke: it does not repeat.
  KeyStrokes(hid::ReportDescriptor descriptor, KeyMap map, std::int64_t double_strike_ms);

  // False: the device has none of the keys.
  bool possible() const { return !fields_.empty(); }
  // What begins with this report, in the order of the descriptor. `now_ms` is steady. A report of another
  // kind, or cut short, says nothing of the keys that it does not hold.
  std::vector<PadSignal> take(ByteView report, std::int64_t now_ms);

 private:
  bool rolled_over(std::uint8_t report_id, ByteView body) const;
  bool trembles(PadSignal signal, std::int64_t now_ms);

  hid::ReportDescriptor descriptor_;
  KeyMap map_;
  std::int64_t double_strike_ms_;
  std::vector<hid::Field> fields_;                        // those that hold keys of the map
  std::map<std::uint8_t, std::set<std::uint32_t>> down_;  // by report
  std::optional<PadSignal> last_;
  std::int64_t last_ms_ = 0;
};

}  // namespace bianmin::pad

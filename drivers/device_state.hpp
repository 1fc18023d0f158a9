// One status model for every device. A condition of a device is a state, never an error.
#pragma once

#include <string_view>

namespace bianmin {

enum class DeviceCondition {
  absent,           // not plugged in (after the debounce)
  starting,         // being opened or recovered
  ready,
  degraded,         // works, but somebody should look: paper low
  needs_attention,  // does not work until a person does something simple: paper, cover
  faulted,          // does not answer although the recovery ladder was climbed; retried all the same
};

// `code` is static, stable and public: "ready", "absent", "printer.paper_out", "usb.timeout", ...
struct DeviceState {
  DeviceCondition condition = DeviceCondition::absent;
  std::string_view code = "absent";

  bool usable() const { return condition == DeviceCondition::ready || condition == DeviceCondition::degraded; }
  bool operator==(const DeviceState&) const = default;
};

std::string_view condition_name(DeviceCondition condition);  // "needs-attention"

}  // namespace bianmin

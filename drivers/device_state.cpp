#include "drivers/device_state.hpp"

namespace bianmin {

std::string_view condition_name(DeviceCondition condition) {
  switch (condition) {
    case DeviceCondition::absent: return "absent";
    case DeviceCondition::starting: return "starting";
    case DeviceCondition::ready: return "ready";
    case DeviceCondition::degraded: return "degraded";
    case DeviceCondition::needs_attention: return "needs-attention";
    case DeviceCondition::faulted: return "faulted";
  }
  return "faulted";
}

}  // namespace bianmin

// What every device can be asked, whatever it does.
#pragma once

#include <functional>

#include "drivers/device_state.hpp"

namespace bianmin {

// Thread-bound to the event loop.
class Device {
 public:
  virtual ~Device() = default;
  virtual DeviceState state() const = 0;  // never blocks, never touches the bus
  // `changed` runs on the loop at each change. One watcher; null: none any more.
  virtual void watch(std::function<void(DeviceState)> changed) = 0;
};

}  // namespace bianmin

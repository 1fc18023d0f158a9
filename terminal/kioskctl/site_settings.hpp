// What kiosk.conf says of the devices, for the commands that work them.
#pragma once

#include "terminal/base/arguments.hpp"
#include "terminal/device_settings.hpp"

namespace bianmin::kioskctl {

// Of the file that --config names; without it nothing is named. Errors: those of load_terminal_config().
Result<DeviceSettings> site_device_settings(const Arguments& arguments);

}  // namespace bianmin::kioskctl

#include "terminal/kioskctl/site_settings.hpp"

#include "terminal/terminal_config.hpp"

namespace bianmin::kioskctl {

Result<DeviceSettings> site_device_settings(const Arguments& arguments) {
  if (!arguments.has("config")) return DeviceSettings{};
  auto config = load_terminal_config(arguments.value("config"));
  if (!config) return config.error();
  return std::move(config->devices);
}

}  // namespace bianmin::kioskctl

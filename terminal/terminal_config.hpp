// kiosk.conf: what a site sets.
#pragma once

#include <filesystem>

#include "terminal/device_settings.hpp"
#include "terminal/session/settings.hpp"

namespace bianmin {

struct TerminalConfig {
  session::Settings settings;
  DeviceSettings devices;
  std::filesystem::path state_dir;      // the enrolment's folder; journal.db lies in it
  std::filesystem::path catalogue_dir;  // the service packages
  std::filesystem::path resource_dir;   // holds strings/ and kit/icons/
  std::filesystem::path eid_trust_dir;  // authorities whose electronic IDs are taken; empty: none are
  std::filesystem::path photo_decoder;  // a plug-in (drivers/card/photo_plugin.h); empty: none
  std::vector<std::string>
      power_off_command;  // program and arguments that shut the machine down; empty: none
  bool full_screen = true;
};

// Errors: those of Config and read_device_settings(); "config.missing_key" names a setting that has no
// default.
Result<TerminalConfig> load_terminal_config(const std::filesystem::path& path);

}  // namespace bianmin

#include "terminal/session/language.hpp"

namespace bianmin::session {

Result<Language> load_language(const std::filesystem::path& folder, const std::string& name) {
  auto strings = ui::Strings::load(folder / (name + ".json"));
  if (!strings) return strings.error();
  auto devices = ui::DeviceWords::load(folder / ("devices." + name + ".json"));
  if (!devices) return devices.error();
  return Language{std::move(*strings), std::move(*devices)};
}

}  // namespace bianmin::session

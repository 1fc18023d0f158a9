#include "terminal/session/devices.hpp"

#include <algorithm>

namespace bianmin::session {

Devices::Devices(const Parts& parts)
    : catalogue_(parts.catalogue),
      rows_{{"id-card-reader", parts.reader},
            {"receipt-printer", parts.printer},
            {"code-scanner", parts.scanner}} {
  if (parts.eid != nullptr) rows_.push_back({"smart-card-reader", parts.eid->reader});
  if (parts.cabinet.keys != nullptr) rows_.push_back({"key-pad", *parts.cabinet.keys});
  if (parts.cabinet.lights != nullptr) rows_.push_back({"guide-lights", *parts.cabinet.lights});
}

DeviceState Devices::state(std::string_view name) const {
  const auto found =
      std::find_if(rows_.begin(), rows_.end(), [name](const Row& row) { return row.name == name; });
  return found == rows_.end() ? DeviceState{} : found->device.state();
}

void Devices::watch(const std::function<void()>& changed) {
  for (const Row& row : rows_) {
    if (changed) {
      row.device.watch([changed](DeviceState) { changed(); });
    } else {
      row.device.watch(nullptr);
    }
  }
}

std::optional<MissingDevice> Devices::missing(const std::vector<std::string>& names) const {
  for (const std::string& name : names) {
    const DeviceState now = state(name);
    if (!now.usable() && now.condition != DeviceCondition::starting) return MissingDevice{name, now};
  }
  return std::nullopt;
}

bool Devices::used(std::string_view name) const {
  const auto holds = [name](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return std::any_of(
      catalogue_.packages.begin(), catalogue_.packages.end(),
      [&holds](const services::Package& package) { return holds(package.needs) || holds(package.wants); });
}

std::vector<ui::Row> Devices::staff_rows(const ui::DeviceWords& words) const {
  std::vector<ui::Row> lines;
  const auto add = [&](std::string_view name) {
    const DeviceState now = state(name);
    if (now.condition == DeviceCondition::ready) return;
    lines.push_back({.label = words.device(name) + " (" + std::string(now.code) + ")",
                     .value = words.sentence(name, now.code, ui::Listener::clerk),
                     .sentence = true});
  };
  const auto& of_services = services::device_names;
  for (const std::string_view name : of_services) {
    if (used(name)) add(name);
  }
  // The rest is the terminal's own: it has them because its site named them.
  for (const Row& row : rows_) {
    if (std::find(of_services.begin(), of_services.end(), row.name) == of_services.end()) add(row.name);
  }
  return lines;
}

}  // namespace bianmin::session

#include "terminal/session/devices.hpp"

#include <algorithm>

namespace bianmin::session {

Devices::Devices(const Parts& parts)
    : catalogue_(parts.catalogue),
      rows_{{"id-card-reader", parts.reader},
            {"receipt-printer", parts.printer},
            {"code-scanner", parts.scanner}} {
  if (parts.eid != nullptr) rows_.push_back({"smart-card-reader", parts.eid->reader});
  if (parts.cabinet.keys != nullptr) named_.push_back({"key-pad", *parts.cabinet.keys});
  if (parts.cabinet.lights != nullptr) named_.push_back({"guide-lights", *parts.cabinet.lights});
  if (parts.cabinet.contacts != nullptr) named_.push_back({"cabinet-contacts", *parts.cabinet.contacts});
  if (parts.page_printer != nullptr) own_.push_back({"page-printer", *parts.page_printer});
  if (parts.ups != nullptr) own_.push_back({"ups", *parts.ups});
}

DeviceState Devices::state(std::string_view name) const {
  const auto found =
      std::find_if(rows_.begin(), rows_.end(), [name](const Row& row) { return row.name == name; });
  return found == rows_.end() ? DeviceState{} : found->device.state();
}

void Devices::watch(const std::function<void()>& changed) {
  for (const std::vector<Row>* rows : {&rows_, &named_}) {
    for (const Row& row : *rows) {
      if (changed) {
        row.device.watch([changed](DeviceState) { changed(); });
      } else {
        row.device.watch(nullptr);
      }
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

ui::Row Devices::staff_row(std::string_view name, const DeviceState& now, const ui::DeviceWords& words) {
  return {.label = words.device(name) + " (" + std::string(now.code) + ")",
          .value = words.sentence(name, now.code, ui::Listener::clerk),
          .sentence = true};
}

std::vector<ui::Row> Devices::staff_rows(const ui::DeviceWords& words) const {
  std::vector<ui::Row> lines;
  for (const std::string_view name : services::device_names) {
    const DeviceState now = state(name);
    if (now.condition == DeviceCondition::ready || !used(name)) continue;
    lines.push_back(staff_row(name, now, words));
  }
  for (const Row& row : named_) {
    const DeviceState now = row.device.state();
    if (now.condition != DeviceCondition::ready) lines.push_back(staff_row(row.name, now, words));
  }
  for (const Row& row : own_) {  // a site need not have them
    const DeviceState now = row.device.state();
    const bool fine = now.condition == DeviceCondition::ready || now.condition == DeviceCondition::absent;
    if (!fine) lines.push_back(staff_row(row.name, now, words));
  }
  return lines;
}

}  // namespace bianmin::session

// The devices of the terminal by the names that services call them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/session/parts.hpp"
#include "ui/pages/page_context.hpp"
#include "ui/strings/device_words.hpp"

namespace bianmin::session {

// A device that does not work now, and how it stands.
struct MissingDevice {
  std::string name;
  DeviceState state;
};

// Thread-bound to the loop. Lends the devices of `parts`.
class Devices {
 public:
  explicit Devices(const Parts& parts);

  DeviceState state(std::string_view name) const;  // a device that this terminal has not: absent
  // Follows all devices; null: none any more. Takes the one watcher that each of them has.
  void watch(const std::function<void()>& changed);
  // The first of `names` without which a service is closed now. One that is starting is waited for, not
  // missing.
  std::optional<MissingDevice> missing(const std::vector<std::string>& names) const;
  // What staff should look at: a line for each device that a service of the catalogue uses and that is not
  // simply ready, with its code; of the cabinet's devices those that are not ready, of the house's own
  // those that are there and not ready.
  std::vector<ui::Row> staff_rows(const ui::DeviceWords& words) const;

 private:
  struct Row {
    std::string_view name;
    Device& device;
  };
  bool used(std::string_view name) const;  // by any service
  static ui::Row staff_row(std::string_view name, const DeviceState& now, const ui::DeviceWords& words);

  const services::Catalogue& catalogue_;
  std::vector<Row> rows_;
  std::vector<Row> named_;  // the cabinet's, which the site named: one that is absent is missing
  std::vector<Row> own_;    // the house's, which no service asks for; others watch them
};

}  // namespace bianmin::session

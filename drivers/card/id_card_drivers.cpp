// The families of identity card readers that there are drivers for: a line each.
#include "drivers/card/id_card_driver.hpp"
#include "drivers/card/sdt/sdt_driver.hpp"

namespace bianmin::card {

std::vector<IdCardDriver> id_card_drivers() { return {sdt_driver()}; }

IdCardMatch match_id_card_driver(const std::vector<IdCardDriver>& drivers, const usb::DeviceInfo& device) {
  for (const IdCardDriver& driver : drivers) {
    if (const auto interface = driver.match(device)) return {&driver, *interface};
  }
  return {};
}

}  // namespace bianmin::card

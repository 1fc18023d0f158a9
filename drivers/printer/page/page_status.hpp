// How a page printer stands, whichever way it tells. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "drivers/device_state.hpp"

namespace bianmin::printer {

struct PageStatus {
  bool offline = false;
  bool cover_open = false;
  bool jam = false;
  bool tray_empty = false;
  bool toner_out = false;  // or no cartridge
  bool bin_full = false;
  bool broken = false;  // only switching off and on helps, or repair
  bool toner_low = false;

  bool operator==(const PageStatus&) const = default;
  bool can_print() const {
    return !offline && !cover_open && !jam && !tray_empty && !toner_out && !bin_full && !broken;
  }
  DeviceState state() const;
};

// A code of PJL's INFO STATUS and USTATUS DEVICE. Source: HP, Printer Job Language Technical Reference
// Manual, appendix D; what later models add, as public drivers have it.
PageStatus status_from_pjl(int code);
// The byte of the USB printer class's GET_PORT_STATUS.
PageStatus page_status_from_port(std::uint8_t port_status);
// A keyword of IPP's printer-state-reasons is added to `status`. Source: RFC 8011, 5.4.12.
void add_ipp_reason(std::string_view keyword, PageStatus& status);

}  // namespace bianmin::printer

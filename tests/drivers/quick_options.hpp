// The drivers' waits as tests use them: right for an emulated device, which answers within microseconds.
#pragma once

#include <algorithm>
#include <cstdlib>

#include "drivers/card/sdt/sdt_driver.hpp"
#include "drivers/card/usb_id_card_reader.hpp"
#include "drivers/power/hid_ups.hpp"
#include "drivers/printer/escpos_printer.hpp"
#include "drivers/printer/page/page_link.hpp"
#include "drivers/usb/device_loop.hpp"

namespace bianmin {

constexpr usb::RecoveryLimits quick_recovery{10, 40};

// A time limit, longer where everything is slower (valgrind.sh says by how much).
inline int limit_ms(int ms) {
  const char* slowness = std::getenv("BIANMIN_SLOWNESS");
  return ms * (slowness != nullptr ? std::max(std::atoi(slowness), 1) : 1);
}

inline card::SdtTimings quick_sdt_timings() {
  card::SdtTimings timings;
  timings.probe_timeout_ms = limit_ms(60);
  timings.find_timeout_ms = limit_ms(60);
  timings.select_timeout_ms = limit_ms(60);
  timings.read_timeout_ms = limit_ms(60);
  timings.further_address_timeout_ms = limit_ms(60);
  timings.settle_ms = 1;
  return timings;
}

constexpr power::HidUpsTimings quick_ups_timings = {20, 5};

constexpr card::IdCardTimings quick_looks = {10, 20};

inline std::vector<card::IdCardDriver> quick_id_card_drivers() {
  return {card::sdt_driver(quick_sdt_timings())};
}

inline printer::EscposOptions quick_escpos_options() {
  printer::EscposOptions options;
  options.answer_timeout_ms = limit_ms(60);
  options.write_timeout_ms = limit_ms(60);
  options.confirm_timeout_ms = limit_ms(300);
  options.idle_poll_ms = 20;
  options.busy_poll_ms = 5;
  options.mend_first_ms = 10;
  options.mend_max_ms = 40;
  options.mouth_poll_ms = 10;
  options.retract_timeout_ms = limit_ms(300);
  return options;
}

inline printer::PageOptions quick_page_options() {
  printer::PageOptions options;
  options.answer_timeout_ms = limit_ms(60);
  options.write_timeout_ms = limit_ms(60);
  options.stall_limit_ms = limit_ms(300);
  options.confirm_timeout_ms = limit_ms(300);
  options.idle_poll_ms = 20;
  options.busy_poll_ms = 5;
  return options;
}

}  // namespace bianmin

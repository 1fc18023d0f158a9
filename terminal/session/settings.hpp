// What a site decides about its terminal.
#pragma once

#include <cstdint>
#include <string>

#include "sync/store/quota.hpp"
#include "terminal/session/idle_watch.hpp"
#include "ui/kit/metrics.hpp"

namespace bianmin::session {

struct Settings {
  std::string terminal_id;
  std::string site_name;
  std::string help_phone;
  std::string language = "zh-Hans";  // of the welcome page
  ui::Size canvas{1080, 1920};
  double ppi = ui::default_ppi;
  IdleTimes idle = {};
  std::int64_t help_ms = 900'000;      // how long the clock stands still for staff who were called
  std::int64_t result_ms = 30'000;     // how long a result page stays when nobody touches it
  std::int64_t ask_ms = 3'000;         // how long a resident waits for an answer of the hub
  std::int64_t card_wait_ms = 20'000;  // how long the end of a session waits for the card to be taken
  std::int64_t slip_wait_ms = 20'000;  // likewise, for the slip to be taken from the printer's mouth
  std::int64_t power_wait_ms =
      120'000;                 // how long a terminal on battery waits for mains before it shuts down
  bool can_power_off = false;  // whether there is a way to shut down; else it stays closed
  std::int64_t interrupted_ms = 300'000;  // how long the welcome page speaks of a slip that may not be whole
  store::QuotaLimits journal = {};        // at which no new service begins
  std::int64_t tamper_hold_ms = 600'000;  // how long the tamper contact has to be well before it opens again
};

}  // namespace bianmin::session
